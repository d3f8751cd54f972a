/**
 * Measured process: epochs of `train()` with everything that a run does in them. Two epochs warm up: TensorFlow prepares
 * the reading of all weights and slots once, at the first checkpoint, which is written when the first epoch is reported. Of
 * the third, the time from the end of the second to its last training step is taken, the writing of a checkpoint included.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { train } from '../../src/train/train.ts';
import { peakMemory, tell } from './process.ts';

export interface OurEpochSettings {
  readonly experiment: string;
  readonly images: string;
  readonly overrides: readonly string[];
}

/** The epoch, from 1, that is measured; there is none after it. */
const measuredEpoch = 3;

const settings = JSON.parse(process.argv[2]!) as OurEpochSettings;
const { plan, networkFor } = compilePlan(settings.experiment, {
  overrides: settings.overrides,
  needTable: true,
});
const data = await openData(plan, { cacheFolder: settings.images });
const { createGraphEngine } = await import('../../src/train/graph-engine.ts');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
let epochEnd = 0;
let firstStepBegun = 0;
let epoch = 1;
const seconds = { training: 0, stepsAlone: 0, validation: 0 };
let steps = 0;
let cpuAtEpochEnd = process.cpuUsage();
let cpuMilliseconds = 0;
await train({
  plan,
  data,
  engine,
  folder,
  signal: new AbortController().signal,
  onEvent(event) {
    const now = performance.now();
    if (event.type === 'epoch') {
      if (epoch === measuredEpoch) seconds.validation = (now - epochEnd) / 1000 - seconds.training;
      else {
        epochEnd = now;
        cpuAtEpochEnd = process.cpuUsage();
      }
      epoch += 1;
    } else if (event.type === 'step' && epoch === measuredEpoch) {
      seconds.training = (now - epochEnd) / 1000;
      const { user, system } = process.cpuUsage(cpuAtEpochEnd);
      cpuMilliseconds = (user + system) / 1000;
      if (event.step === 1) firstStepBegun = now;
      else seconds.stepsAlone = (now - firstStepBegun) / 1000;
      steps = event.step;
    }
  },
});
const stage = plan.settings.stages[0]!;
const images = data.split.training.length;
tell({
  peakBytes: peakMemory(),
  figures: {
    images,
    imagesPerSecond: images / seconds.training,
    cpuMillisecondsPerImage: cpuMilliseconds / images,
    // Between the ends of the first and the last step: without the checkpoint.
    imagesPerSecondBetweenCheckpoints: (images - Math.min(stage.batchSize, images)) / seconds.stepsAlone,
    validationImagesPerSecond: data.split.validation.length / seconds.validation,
    steps,
  },
});
engine.dispose();
rmSync(folder, { recursive: true, force: true });
