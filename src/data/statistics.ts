/** Mean and deviation of each channel. In: cached images and which of them count. Out: exact figures, 0 to 255. */
import type { ChannelStatistics } from '../augmentation/normalization.ts';
import { RunError } from '../errors.ts';
import type { ImageCache } from './cache.ts';

const channels = ['red', 'green', 'blue'] as const;

/**
 * Counts how often each of the 256 values stands in each channel; the sums are then whole numbers, and exact.
 * @param indices images in the cache; one that is listed twice counts twice
 * @throws RunError where a channel has one value only, which no division can normalise
 */
export function channelStatistics(
  images: Pick<ImageCache, 'size' | 'pixels'>,
  indices: Int32Array,
): ChannelStatistics {
  const pixels = images.pixels();
  const imageBytes = images.size * images.size * 3;
  const totals = channels.map(() => new Float64Array(256));
  const [red, green, blue] = channels.map(() => new Uint32Array(256)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  for (const index of indices) {
    const end = (index + 1) * imageBytes;
    for (let at = index * imageBytes; at < end; at += 3) {
      red[pixels[at]!]! += 1;
      green[pixels[at + 1]!]! += 1;
      blue[pixels[at + 2]!]! += 1;
    }
    [red, green, blue].forEach((counts, c) => {
      counts.forEach((count, value) => {
        totals[c]![value]! += count;
      });
      counts.fill(0);
    });
  }
  const figures = totals.map((counts, c) => summarise(counts, channels[c]!));
  return { mean: figures.map(({ mean }) => mean), std: figures.map(({ std }) => std) };
}

/** variance = (n Σx² - (Σx)²) / n². The products pass 2^53, so they are big integers. */
function summarise(counts: Float64Array, channel: string): { mean: number; std: number } {
  let n = 0;
  let sum = 0;
  let squares = 0;
  counts.forEach((count, value) => {
    n += count;
    sum += count * value;
    squares += count * value * value;
  });
  if (n === 0) throw new RunError('expected images to measure mean and deviation on, found none');
  const numerator = BigInt(n) * BigInt(squares) - BigInt(sum) * BigInt(sum);
  if (numerator === 0n) {
    throw new RunError(
      `expected the ${channel} channel of the training images to vary, found ${sum / n} in every pixel`,
      {
        hint: 'Set dataset.normalize to unit, or give mean and std.',
      },
    );
  }
  return { mean: sum / n, std: Math.sqrt(Number(numerator)) / n };
}
