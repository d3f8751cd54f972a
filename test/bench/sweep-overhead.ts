/**
 * What a sweep costs beside its trials: the same one-step trials by `run sweep` and as bare processes under `xargs -P`.
 *
 *   node --import tsx test/bench/sweep-overhead.ts [trials, 200 by default] [at a time, 2 by default]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slotsOf, thisMachine } from '../../src/sweep/launch/slots.ts';
import { makeTiny } from '../run/tiny.ts';

const trials = Number(process.argv[2] ?? 200);
const parallel = Number(process.argv[3] ?? 2);
const launcher = join(import.meta.dirname, '../../src/launch.mjs');
const { folder } = await makeTiny(30);
const seeds = Array.from({ length: trials }, (_, i) => i);
const stages = '[{ name: only, imageSize: 16, epochs: 1, batchSize: 8, stepsPerEpoch: 1 }]';
const sweep = join(folder, 'sweep.yaml');
writeFileSync(
  sweep,
  `name: bench\nbase: tiny.yaml\naxes: { stages: [${stages}] }\nseeds: [${seeds.join()}]\n`,
);

const [slot] = slotsOf(thisMachine(), { parallel, trialBytes: 1 });
function seconds(program: string, words: readonly string[], input = ''): number {
  const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
  const { MLFLOW_TRACKING_URI: _, ...inherited } = process.env;
  const started = performance.now();
  execFileSync(program, words, {
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...inherited, ...slot!.environment, MANYHEADS_RUNS: runs },
  });
  rmSync(runs, { recursive: true });
  return (performance.now() - started) / 1000;
}

// Once before, so that the images are decoded for both.
seconds(process.execPath, [launcher, join(folder, 'tiny.yaml'), `stages=${stages}`]);
const bareWords = ['-P', String(parallel), '-I', '{}', process.execPath, launcher];
const bare = seconds(
  'xargs',
  [...bareWords, join(folder, 'tiny.yaml'), `stages=${stages}`, 'seed={}'],
  `${seeds.join('\n')}\n`,
);
const swept = seconds(process.execPath, [launcher, 'sweep', sweep, '--parallel', String(parallel)]);
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({ trials, parallel, bareSeconds: bare, sweepSeconds: swept, ratio: swept / bare }),
);
