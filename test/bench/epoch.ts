/**
 * Whole epochs and the decoding before them. Out: images a second of `train()` with the article's augmentation beside
 * the bare step, and of our image cache beside tf.data on the same files.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/runtime/cache.ts';
import { benchData } from './data.ts';
import { ensurePeer } from './environments.ts';
import { fileHere, runOurs, runProcess } from './process.ts';
import { articleAugmentation, type BenchModel, batchSize, leftOut } from './settings.ts';
import { median, pairedRatio, type Spread, spread } from './statistics.ts';
import type { Suite } from './suite.ts';

export interface EpochResult {
  /** When it was measured, ISO 8601. */
  readonly date: string;
  readonly model: string;
  readonly size: number;
  readonly images: number;
  readonly bareImagesPerSecond: Spread;
  readonly epochImagesPerSecond: Spread;
  readonly withoutCheckpointImagesPerSecond: Spread;
  readonly validationImagesPerSecond: Spread;
  /** Epoch divided by bare step, by round. */
  readonly ratio: Spread;
}

export async function measureEpochs(model: BenchModel, size: number, suite: Suite): Promise<EpochResult> {
  const rows = suite.quick ? 160 : 2048;
  const data = await benchData(model.name, size, rows);
  const bare: number[] = [];
  const epochs: Readonly<Record<string, number>>[] = [];
  for (let round = 0; round < suite.rounds; round++) {
    const steps = suite.quick ? leftOut + 2 : 30;
    const step = await runOurs('our-step.ts', { ...data, overrides: [], engine: 'graph', steps });
    const milliseconds = median(step.steps.slice(leftOut).map((report) => report.milliseconds));
    bare.push((batchSize * 1000) / milliseconds);
    const overrides = [`augmentation=${articleAugmentation}`, 'stages[only].epochs=2'];
    const { figures } = await runOurs('our-epoch.ts', { ...data, overrides });
    epochs.push(figures);
    suite.say(
      `${model.name} ${size} px, epoch ${round + 1}: ${figures.imagesPerSecond!.toFixed(1)} images/s, bare step ${bare.at(-1)!.toFixed(1)}`,
    );
  }
  const of = (name: string): number[] => epochs.map((figures) => figures[name]!);
  return {
    date: new Date().toISOString(),
    model: model.name,
    size,
    images: epochs[0]!.images!,
    bareImagesPerSecond: spread(bare),
    epochImagesPerSecond: spread(of('imagesPerSecond')),
    withoutCheckpointImagesPerSecond: spread(of('imagesPerSecondBetweenCheckpoints')),
    validationImagesPerSecond: spread(of('validationImagesPerSecond')),
    ratio: pairedRatio(of('imagesPerSecond'), bare),
  };
}

export interface DecodeResult {
  /** When it was measured, ISO 8601. */
  readonly date: string;
  readonly folder: string;
  readonly images: number;
  readonly size: number;
  readonly oursImagesPerSecond: Spread;
  readonly tfDataImagesPerSecond: Spread;
  /** Ours divided by tf.data's, by round. */
  readonly ratio: Spread;
}

/** The whole clothing data set where it stands beside the clone, else the part of it that comes with the project. */
const folders = ['../../../shared/data/clothing/images', '../../experiments/data/clothing/images'];

export async function measureDecoding(size: number, suite: Suite): Promise<DecodeResult> {
  const candidates = folders.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const folder = candidates.find((path) => existsSync(path))!;
  const all = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  const paths = all
    .sort()
    .slice(0, suite.quick ? 400 : all.length)
    .map((name) => join(folder, name));
  const files = join(cacheFolder(), 'bench', 'files.json');
  const python = await ensurePeer('keras', suite.progress);
  writeFileSync(files, JSON.stringify(paths));
  const settings = { files, size };
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first round brings the files into the system's cache and is not counted.
  for (let round = 0; round < suite.rounds + 1; round++) {
    const our = await runOurs('our-decode.ts', settings);
    const their = await runProcess(python, [fileHere('tfdata_decode.py'), JSON.stringify(settings)]);
    if (round === 0) continue;
    ours.push(our.figures.imagesPerSecond!);
    theirs.push(their.figures.imagesPerSecond!);
    suite.say(
      `decoding to ${size} px, round ${round}: ${ours.at(-1)!.toFixed(0)} images/s, tf.data ${theirs.at(-1)!.toFixed(0)}`,
    );
  }
  return {
    date: new Date().toISOString(),
    folder: `${paths.length} JPEG files of ${folder.split('/').slice(-2).join('/')}`,
    images: paths.length,
    size,
    oursImagesPerSecond: spread(ours),
    tfDataImagesPerSecond: spread(theirs),
    ratio: pairedRatio(ours, theirs),
  };
}
