/** How far a prediction is: images that were answered in, a line on a stream out, once it takes longer than a moment. */
import { formatCount, formatDuration, formatNumberOf, formatRate } from '../text/format.ts';
import { cutToWidth } from '../text/text-width.ts';
import { createLiveRegion } from './live-region.ts';

export interface PredictProgress {
  /** @param total null where nobody knows */
  update(counts: { readonly images: number; readonly damaged: number }, total: number | null): void;
  /** A line that stays. */
  note(message: string): void;
  /** Takes the live line off the screen; the next update brings it back. */
  clear(): void;
}

export interface PredictProgressOptions {
  /** Whether a line may be written again in place. */
  readonly terminal: boolean;
  columns(): number;
  /** Milliseconds from any start; the process's clock where left out. */
  readonly now?: () => number;
}

const MOMENT_MS = 2000;
const REDRAW_MS = 200;
/** Between two lines where none can be written again. */
const LINE_MS = 15_000;

export function createPredictProgress(
  stream: Pick<NodeJS.WriteStream, 'write'>,
  { terminal, columns, now = () => performance.now() }: PredictProgressOptions,
): PredictProgress {
  const region = createLiveRegion(stream, columns);
  const begun = now();
  let shownAt: number | null = null;
  /** Of the first update: what came before is loading. */
  let first: { at: number; images: number } | null = null;

  return {
    update({ images, damaged }, total) {
      const at = now();
      first ??= { at, images };
      if (total !== null && images >= total) return;
      const pause = terminal ? REDRAW_MS : LINE_MS;
      if (at - begun < MOMENT_MS || (shownAt !== null && at - shownAt < pause)) return;
      shownAt = at;
      const seconds = (at - first.at) / 1000;
      const rate = seconds > 0 && images > first.images ? (images - first.images) / seconds : null;
      const parts = [
        total === null
          ? formatNumberOf(images, 'image')
          : `${formatCount(images)} of ${formatNumberOf(total, 'image')}`,
        ...(damaged === 0 ? [] : [`${formatCount(damaged)} damaged`]),
        ...(rate === null ? [] : [`${formatRate(rate)} images/s`]),
        ...(rate === null || total === null ? [] : [`${formatDuration((total - images) / rate)} left`]),
      ];
      const line = parts.join(terminal ? ' · ' : ', ');
      if (terminal) region.draw([cutToWidth(line, Math.max(1, columns() - 1))]);
      else stream.write(`${line}\n`);
    },
    note(message) {
      if (terminal) region.above([message]);
      else stream.write(`${message}\n`);
    },
    clear: () => region.clear(),
  };
}
