/** Measured process: a folder of images decoded into a new image cache. In: settings as JSON. Out: images a second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImageCache } from '../../src/data/cache.ts';
import { peakMemory, tell } from './process.ts';

export interface DecodeSettings {
  readonly files: string;
  readonly size: number;
}

const { files, size } = JSON.parse(process.argv[2]!) as DecodeSettings;
const { readFileSync } = await import('node:fs');
const paths = JSON.parse(readFileSync(files, 'utf8')) as string[];
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
// TensorFlow's library is there before the clock starts, as it is after Python's import.
await import('../../src/tensorflow/tf.ts');
const begun = performance.now();
const cpu = process.cpuUsage();
const { images, bad } = await openImageCache({
  paths,
  rows: Int32Array.from(paths.keys()),
  size,
  fit: 'stretch',
  folder,
});
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
tell({
  peakBytes: peakMemory(),
  figures: {
    images: images.count,
    bad: bad.length,
    imagesPerSecond: paths.length / seconds,
    cpuMillisecondsPerImage: (user + system) / 1000 / paths.length,
  },
});
rmSync(folder, { recursive: true });
