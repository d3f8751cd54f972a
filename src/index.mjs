// What `import … from 'manyheads'` gives: index.ts, translated. Its types for users of the package: index.d.mts.
import { programUrl } from './setup/program.mjs';

export const { loadModel, compilePlan, runExperiment, ExperimentError, RunError } =
  /** @type {typeof import('./index.ts')} */ (await import(await programUrl('index.ts')));
