/**
 * Plans a sweep of 100,000 trials over the article's five stages and prints time and memory, of the whole process.
 *
 *   node --import tsx test/bench/plan-sweep.ts [drawn]
 *
 * Without `drawn` a grid of 5 axes of 10 values; with it as many draws, in which every learning rate is another one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonChunks } from '../../src/commands/json-text.ts';
import { previewSweep } from '../../src/sweep/drive/preview.ts';
import { planSweep } from '../../src/sweep/plan/plan.ts';
import { speedOf } from '../../src/sweep/plan/price.ts';

const TRIALS = 100_000;
const base = join(import.meta.dirname, '../../experiments/clothing_densenet_gapgmp.yaml');

const grid = `axes:
  optimizer.learningRate: { from: 1e-5, to: 1e-1, count: 10, scale: log }
  augmentation.zoom: { from: 0, to: 0.9, count: 10 }
  augmentation.horizontalFlip: { from: 0, to: 0.9, count: 10 }
  stages[small].batchSize: { from: 8, to: 80, step: 8 }
seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
`;
const drawn = `axes:
  optimizer.learningRate: { distribution: logUniform, from: 1e-5, to: 1e-1 }
  augmentation.zoom: { distribution: uniform, from: 0, to: 0.9 }
  augmentation.horizontalFlip: [0, 0.5]
  stages[small].batchSize: [8, 16, 32]
seeds: [1, 2]
strategy: { name: random }
budget: { trials: ${TRIALS} }
`;

const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const file = join(folder, 'sweep.yaml');
writeFileSync(
  file,
  `name: bench\nbase: ${base}\nvalues: { optimizer.name: adam }\n${process.argv[2] === 'drawn' ? drawn : grid}`,
);
const started = performance.now();
const plan = planSweep(file, { speed: speedOf([]) });
const planned = performance.now();
const preview = previewSweep(plan, folder);
let jsonBytes = 0;
for (const chunk of jsonChunks(preview)) jsonBytes += Buffer.byteLength(chunk);
const ended = performance.now();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    trials: plan.trials.length,
    planSeconds: (planned - started) / 1000,
    jsonSeconds: (ended - planned) / 1000,
    jsonBytes,
    processSeconds: process.uptime(),
    cpuSeconds: process.cpuUsage().user / 1e6,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
