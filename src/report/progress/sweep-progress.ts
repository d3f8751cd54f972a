/**
 * What is seen while a sweep runs. In a terminal its last lines show how far it is and what runs; everywhere else there
 * is a line for each trial that ends.
 */
import { createColors } from 'picocolors';
import { formatDuration, formatHash, formatLoss } from '../text/format.ts';
import { fitLine } from '../text/text-width.ts';
import { createLiveRegion } from './live-region.ts';
import type { ProgressStream } from './progress.ts';

/** What of a trial is shown. */
export interface ShownTrial {
  readonly hash: string;
  readonly label: string;
  /** `paused`: at a rung. */
  readonly status: 'waiting' | 'submitted' | 'elsewhere' | 'paused' | 'done' | 'failed';
  /** The sweep's metric, of a trial that is done or at a rung. */
  readonly metric: number | null;
  /** Of a trial that is done or at a rung: by the clock. */
  readonly seconds: number | null;
  /** Why an attempt did not end well. */
  readonly reason: string | null;
  /** Epochs of the rung that it stands at or stops at next; null where it goes to its end. */
  readonly rung: number | null;
  /** Epochs that are done and at most, of a trial that runs; null where it does not run, or waits in a queue. */
  readonly epochs: readonly [number, number] | null;
}

export interface SweepScreen {
  readonly metric: string;
  readonly trials: readonly ShownTrial[];
  /** Those that are yet to be chosen among them, at most. */
  readonly total: number;
  readonly best: ShownTrial | undefined;
  /** Estimate for all that is left, null where there is none. */
  readonly secondsLeft: number | null;
}

export interface SweepView {
  /** A trial has changed. */
  changed(trial: ShownTrial, screen: SweepScreen): void;
  /** Draws what is current; nothing outside a terminal. */
  draw(screen: SweepScreen): void;
  note(message: string): void;
  close(): void;
}

export interface SweepViewOptions {
  readonly terminal: boolean;
  columns(): number;
  readonly colour: boolean;
}

/** More than these running trials are told by their number. */
const MOST_LINES = 12;

/** Those that a process works on; a trial that was handed to a queue has none at first. */
const runningOf = (trials: readonly ShownTrial[]): ShownTrial[] =>
  trials.filter(({ epochs }) => epochs !== null);

export function createSweepView(stream: ProgressStream, options: SweepViewOptions): SweepView {
  const { terminal, columns } = options;
  const { dim, green, red, bold } = createColors(options.colour);
  const region = createLiveRegion(stream, columns);
  const width = (): number => Math.max(1, columns() - 1);
  const stay = (line: string): void => {
    if (terminal) region.above([line]);
    else stream.write(`${line}\n`);
  };

  function summary({ trials, total, best, metric, secondsLeft }: SweepScreen): string {
    const count = (...names: ShownTrial['status'][]): number =>
      trials.filter(({ status }) => names.includes(status)).length;
    const queued = count('submitted', 'elsewhere') - runningOf(trials).length;
    const parts = [`${count('done')}/${total} done`, `${runningOf(trials).length} running`];
    if (queued > 0) parts.push(`${queued} queued`);
    if (count('paused') > 0) parts.push(`${count('paused')} at a rung`);
    if (count('failed') > 0) parts.push(`${count('failed')} failed`);
    if (best) parts.push(`best ${metric} ${formatLoss(best.metric)}: ${best.label}`);
    if (secondsLeft !== null) parts.push(`${formatDuration(secondsLeft)} left`);
    return parts.join(terminal ? ' · ' : ', ');
  }

  function lines(screen: SweepScreen): string[] {
    const running = runningOf(screen.trials);
    const shown = running.slice(0, MOST_LINES).map(({ hash, label, status, epochs, rung }) => {
      const where = status === 'elsewhere' ? ' (another process)' : '';
      const done = `epoch ${epochs![0]}/${epochs![1]}  `;
      const stop = rung === null ? '' : `to rung ${rung}  `;
      return [{ text: `  ${formatHash(hash)}  ${done}${stop}${label}${where}`, paint: dim }];
    });
    const more = running.length - shown.length;
    if (more > 0) shown.push([{ text: `  and ${more} more`, paint: dim }]);
    return [[{ text: summary(screen), paint: bold }], ...shown].map((line) => fitLine(line, width()));
  }

  return {
    changed(trial, screen) {
      const { status, label, metric, seconds, reason, rung } = trial;
      const number = screen.trials.filter((one) => one.status === 'done' || one.status === 'failed').length;
      const place = `[${number}/${screen.total}]`;
      if (status === 'done')
        stay(
          `${place} ${green('done')}  ${screen.metric} ${formatLoss(metric)}  ${label}  ${formatDuration(seconds)}`,
        );
      else if (status === 'paused')
        stay(
          `${place} at rung ${rung}  ${screen.metric} ${formatLoss(metric)}  ${label}  ${formatDuration(seconds)}`,
        );
      else if (status === 'failed') stay(`${place} ${red('failed')}  ${label}  ${reason ?? ''}`);
      else if (status === 'waiting' && reason !== null) stay(`to be tried again  ${label}  ${reason}`);
      if (terminal) region.draw(lines(screen));
    },
    draw(screen) {
      if (terminal) region.draw(lines(screen));
    },
    note: stay,
    close() {
      region.clear();
    },
  };
}
