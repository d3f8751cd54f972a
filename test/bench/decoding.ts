/** Decoding. Out: images a second of our image cache beside tf.data on the same files, of two kinds. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/machine/cache-folder.mjs';
import { photographs } from './data.ts';
import { ensurePeer } from './environments.ts';
import { fileHere, type ProcessReport, runOurs, runProcess } from './process.ts';
import { type Circumstances, circumstances, pairedRatio, type Spread, spread } from './statistics.ts';
import type { Suite } from './suite.ts';

export interface DecodeResult extends Circumstances {
  readonly files: string;
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

/** What is decoded: JPEG files of a folder, in words. */
interface Files {
  readonly title: string;
  readonly paths: readonly string[];
}

function filesOf(title: string, folder: string, most: number): Files {
  const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  const paths = names
    .sort()
    .slice(0, most)
    .map((name) => join(folder, name));
  return { title: `${paths.length} ${title}`, paths };
}

/** @param folder of JPEG files, in place of the two kinds that are measured without it */
export async function measureDecoding(
  size: number,
  suite: Suite,
  folder: string | undefined,
): Promise<DecodeResult[]> {
  const most = suite.quick ? 40 : Number.POSITIVE_INFINITY;
  const clothing = fileURLToPath(new URL('../../experiments/data/clothing/images', import.meta.url));
  const kinds =
    folder === undefined
      ? [
          filesOf('images of 144 × 192', clothing, most),
          filesOf('photographs of 1200 × 1600', await photographs(suite.quick ? 40 : 400), most),
        ]
      : [filesOf(`files of ${folder}`, folder, most)];
  const results: DecodeResult[] = [];
  for (const kind of kinds) results.push(await measureKind(size, suite, kind));
  return results;
}

async function measureKind(size: number, suite: Suite, { title, paths }: Files): Promise<DecodeResult> {
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
      `decoding ${title} to ${size} px, round ${round}: ${rateOf(our).toFixed(0)} images/s, tf.data ${rateOf(their).toFixed(0)}`,
    );
  }
  const cpuOf = ({ figures }: ProcessReport): number => figures.cpuMillisecondsPerImage!;
  return {
    ...circumstances(
      [...ours, ...theirs].map(({ othersLoad }) => othersLoad),
      suite.rounds,
    ),
    files: title,
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
