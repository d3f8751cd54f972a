// Started by bootstrap.mjs once the npm packages are there: libtensorflow, the binding, a call that proves both, and where
// asked MLflow. Progress goes to standard error; the stamp is written last.
import { rm } from 'node:fs/promises';
import { RunError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { installBinding } from './binding.ts';
import { bringLibtensorflow } from './libtensorflow.ts';
import { ensureMlflow } from './mlflow-environment.ts';
import { streamProgress, withProgress } from './progress.ts';
import { proveTensorflow } from './prove.ts';
import type { Variant } from './stamp.mjs';
import { hasNvidiaDriver, places, readStamp, tensorflowProblem, writeStamp } from './stamp.mjs';

const args = new Set(process.argv.slice(2));
const progress = streamProgress(process.stderr);

async function setUpTensorflow(forced: Variant | undefined): Promise<void> {
  const before = readStamp();
  // What was once asked for by an argument stays so.
  const chosen = forced ?? (before?.chosen === true ? before.variant : undefined);
  const variant = chosen ?? (hasNvidiaDriver() ? 'gpu' : 'cpu');
  const cache = cacheFolder();
  await rm(places().stamp, { force: true });
  const tensorflow = await bringLibtensorflow(cache, variant, progress);
  await installBinding(cache, variant, tensorflow, progress);
  const proof = await withProgress(progress, 'TensorFlow: first call', () => ({}), proveTensorflow);
  if (variant === 'gpu' && !proof.gpu) {
    process.stderr.write(
      'note: TensorFlow sees no GPU and will run on the CPU. `run doctor` says more; on a machine without one use --cpu.\n',
    );
  }
  writeStamp(variant, chosen !== undefined);
}

try {
  const forced = args.has('--gpu') ? 'gpu' : args.has('--cpu') ? 'cpu' : undefined;
  if (tensorflowProblem(forced) !== undefined) await setUpTensorflow(forced);
  if (args.has('--mlflow')) await ensureMlflow(progress);
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  process.stderr.write(`\n${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  process.exitCode = 1;
}
