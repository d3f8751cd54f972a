/** Whole epochs. Out: images a second of `train()` with the article's augmentation beside the bare step. */
import { benchData } from './data.ts';
import { runOurs } from './process.ts';
import { articleAugmentation, type BenchModel, batchSize, leftOut } from './settings.ts';
import { type Circumstances, circumstances, mean, pairedRatio, type Spread, spread } from './statistics.ts';
import type { Suite } from './suite.ts';

export interface EpochResult extends Circumstances {
  readonly model: string;
  readonly size: number;
  readonly images: number;
  readonly bareImagesPerSecond: Spread;
  readonly epochImagesPerSecond: Spread;
  readonly withoutCheckpointImagesPerSecond: Spread;
  readonly validationImagesPerSecond: Spread;
  /** Epoch divided by bare step, by round. */
  readonly ratio: Spread;
  /** CPU time that an image takes in the bare step, divided by that in the epoch: less moved by other work. */
  readonly cpuRatio: Spread;
}

export async function measureEpochs(model: BenchModel, size: number, suite: Suite): Promise<EpochResult> {
  const rows = suite.quick ? 160 : 2048;
  const data = await benchData(model.name, size, rows);
  const bare: number[] = [];
  const bareCpu: number[] = [];
  const epochs: Readonly<Record<string, number>>[] = [];
  const othersLoad: number[] = [];
  for (let round = 0; round < suite.rounds; round++) {
    const steps = suite.quick ? leftOut + 2 : 30;
    const step = await runOurs('our-step.ts', { ...data, overrides: [], engine: 'graph', steps });
    const counted = step.steps.slice(leftOut);
    // Means, since an epoch is a sum: it has the slow steps too.
    bare.push((batchSize * 1000) / mean(counted.map(({ milliseconds }) => milliseconds)));
    bareCpu.push(mean(counted.map(({ cpuMilliseconds }) => cpuMilliseconds)) / batchSize);
    const overrides = [`augmentation=${articleAugmentation}`, 'stages[only].epochs=3'];
    const epoch = await runOurs('our-epoch.ts', { ...data, overrides });
    const { figures } = epoch;
    epochs.push(figures);
    othersLoad.push((step.othersLoad + epoch.othersLoad) / 2);
    suite.say(
      `${model.name} ${size} px, epoch ${round + 1}: ${figures.imagesPerSecond!.toFixed(1)} images/s, bare step ${bare.at(-1)!.toFixed(1)}`,
    );
  }
  const of = (name: string): number[] => epochs.map((figures) => figures[name]!);
  return {
    ...circumstances(othersLoad, suite.rounds),
    model: model.name,
    size,
    images: epochs[0]!.images!,
    bareImagesPerSecond: spread(bare),
    epochImagesPerSecond: spread(of('imagesPerSecond')),
    withoutCheckpointImagesPerSecond: spread(of('imagesPerSecondBetweenCheckpoints')),
    validationImagesPerSecond: spread(of('validationImagesPerSecond')),
    ratio: pairedRatio(of('imagesPerSecond'), bare),
    cpuRatio: pairedRatio(bareCpu, of('cpuMillisecondsPerImage')),
  };
}
