/**
 * Whole epochs and the decoding before them. Out: images a second of `train()` with the article's augmentation beside
 * the bare step, and of our image cache beside tf.data on the same files.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/runtime/cache.ts';
import { benchData } from './data.ts';
import { ensurePeer } from './environments.ts';
import { fileHere, type ProcessReport, runOurs, runProcess } from './process.ts';
import { articleAugmentation, type BenchModel, batchSize, leftOut } from './settings.ts';
import { type Circumstances, circumstances, median, pairedRatio, type Spread, spread } from './statistics.ts';
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
    bare.push((batchSize * 1000) / median(counted.map(({ milliseconds }) => milliseconds)));
    bareCpu.push(median(counted.map(({ cpuMilliseconds }) => cpuMilliseconds)) / batchSize);
    const overrides = [`augmentation=${articleAugmentation}`, 'stages[only].epochs=2'];
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

export interface DecodeResult extends Circumstances {
  readonly folder: string;
  readonly images: number;
  readonly size: number;
  readonly oursImagesPerSecond: Spread;
  readonly tfDataImagesPerSecond: Spread;
  /** CPU time of all threads for one image. */
  readonly oursCpuMilliseconds: Spread;
  readonly tfDataCpuMilliseconds: Spread;
  /** Images a second: ours divided by tf.data's, by round. */
  readonly ratio: Spread;
}

/** The photographs that come with the project. */
const photographs = fileURLToPath(new URL('../../experiments/data/clothing/images', import.meta.url));

/** @param folder of JPEG files */
export async function measureDecoding(
  size: number,
  suite: Suite,
  folder = photographs,
): Promise<DecodeResult> {
  const all = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  const paths = all
    .sort()
    .slice(0, suite.quick ? 400 : all.length)
    .map((name) => join(folder, name));
  const files = join(cacheFolder(), 'bench', 'files.json');
  const python = await ensurePeer('keras', suite.progress);
  writeFileSync(files, JSON.stringify(paths));
  const settings = { files, size };
  const ours: ProcessReport[] = [];
  const theirs: ProcessReport[] = [];
  // The first round brings the files into the system's cache and is not counted.
  for (let round = 0; round < suite.rounds + 1; round++) {
    const our = await runOurs('our-decode.ts', settings);
    const their = await runProcess(python, [fileHere('tfdata_decode.py'), JSON.stringify(settings)]);
    if (round === 0) continue;
    ours.push(our);
    theirs.push(their);
    suite.say(
      `decoding to ${size} px, round ${round}: ${rateOf(our).toFixed(0)} images/s, tf.data ${rateOf(their).toFixed(0)}`,
    );
  }
  const cpuOf = ({ figures }: ProcessReport): number => figures.cpuMillisecondsPerImage!;
  return {
    ...circumstances(
      [...ours, ...theirs].map(({ othersLoad }) => othersLoad),
      suite.rounds,
    ),
    folder: `${paths.length} JPEG files of ${folder.split('/').slice(-2).join('/')}`,
    images: paths.length,
    size,
    oursImagesPerSecond: spread(ours.map(rateOf)),
    tfDataImagesPerSecond: spread(theirs.map(rateOf)),
    oursCpuMilliseconds: spread(ours.map(cpuOf)),
    tfDataCpuMilliseconds: spread(theirs.map(cpuOf)),
    ratio: pairedRatio(ours.map(rateOf), theirs.map(rateOf)),
  };
}

const rateOf = ({ figures }: ProcessReport): number => figures.imagesPerSecond!;
