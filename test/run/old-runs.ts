/** Runs of version 0.1.0 in a folder of their own: fixtures/make-old-runs.ts has made them. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OldRuns {
  /** `old.yaml` and `sweep.yaml`, which trains its second stage for as long as the interrupted run. */
  readonly data: string;
  readonly runs: string;
  /** Names of folders. */
  readonly finished: string;
  readonly interrupted: string;
  readonly sweep: string;
}

/** Arguments of the run that was interrupted. */
export const interruptedArguments = ['stages[1].epochs=12'];

export function copyOldRuns(): OldRuns {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-old-runs-'));
  cpSync(join(import.meta.dirname, 'fixtures/old-runs'), folder, { recursive: true });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (!statSync(file).isFile() || /\.(png|safetensors)$/.test(name)) continue;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('@FOLDER@', folder));
  }
  const runs = join(folder, 'runs');
  const [finished, interrupted, sweep] = readdirSync(runs).sort();
  return { data: join(folder, 'data'), runs, finished: finished!, interrupted: interrupted!, sweep: sweep! };
}
