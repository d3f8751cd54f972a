/**
 * What is seen while a run trains: events of the training loop in, text on a stream out. In a terminal a few lines at
 * its bottom are kept current; anywhere else there is a line an epoch, and one every half a minute in a long epoch.
 */
import { createColors } from 'picocolors';
import type { StagePlan } from '../../plan/plan.ts';
import { earlyStopping, newWatch, type Watch } from '../../train/callbacks.ts';
import type { EpochReport, TrainEvent } from '../../train/events.ts';
import { costOf } from '../../train/score/selection.ts';
import { printable } from '../../words.ts';
import { formatCount, formatDuration, formatLoss, formatRate } from '../text/format.ts';
import { fitLine, flowParts, type Piece } from '../text/text-width.ts';
import { createLiveRegion } from './live-region.ts';
import {
  barLine,
  type EpochContext,
  epochParts,
  headLines,
  headParts,
  type Paints,
  stageEndParts,
  stageParts,
} from './progress-lines.ts';
import { createTimeLeft } from './time-left.ts';

export interface ProgressOptions {
  /** Whether lines may be written again in place. */
  readonly terminal: boolean;
  /** Width in cells, asked at each change. */
  columns(): number;
  readonly colour: boolean;
  /** Number of stages, to write `stage 2/5`. */
  readonly stages?: number | undefined;
  /** Milliseconds from any start; the process's clock where left out. */
  readonly now?: (() => number) | undefined;
}

/** A terminal, a file, or anything else that takes text. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'write' | 'rows'>;

export interface Progress {
  onEvent(event: TrainEvent): void;
  /** A line that stays, above the bar. */
  note(message: string): void;
  /** Work before training (images, hashes): shown once it takes longer than a moment, gone when done = total. */
  preparing(label: string, done: number, total: number): void;
  /** Takes the live lines off the screen. What was written to stay stays. */
  close(): void;
}

const REDRAW_MS = 100;
const LINE_MS = 30_000;
/** Work that is done sooner is not shown. */
const MOMENT_MS = { terminal: 500, plain: 3000 } as const;

/** @param stream standard error as a rule: results go to standard output */
export function createProgress(stream: ProgressStream, options: ProgressOptions): Progress {
  const { terminal, columns } = options;
  const now = options.now ?? (() => performance.now());
  const colours = createColors(options.colour);
  const paints: Paints = {
    title: colours.bold,
    faint: colours.dim,
    good: colours.green,
    poor: colours.yellow,
  };
  const region = createLiveRegion(stream, columns);
  const timeLeft = createTimeLeft();
  // The last cell of a line stays free: some terminals go to the next line when it is written.
  const width = (): number => (terminal ? Math.max(1, columns() - 1) : Number.POSITIVE_INFINITY);

  let stage: StagePlan | null = null;
  let label = '';
  let watch: Watch | null = null;
  let step: Extract<TrainEvent, { type: 'step' }> | null = null;
  let report: EpochReport | null = null;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let lineAt = now();
  let work: { label: string; since: number; shown: boolean } | null = null;

  const lines = (parts: readonly Piece[]): string[] => flowParts(parts, width(), terminal ? ' · ' : ', ', 2);
  const stay = (text: readonly string[]): void => {
    if (terminal) region.above(text);
    else stream.write(text.map((line) => `${line}\n`).join(''));
    lineAt = now();
  };
  const draw = (make: () => string[], force = false): void => {
    if (!terminal || (!force && now() - drawnAt < REDRAW_MS)) return;
    region.draw(make().slice(0, Math.max(1, (stream.rows ?? 24) - 1)));
    drawnAt = now();
  };

  const timeParts = (): Piece[] => {
    const epoch = timeLeft.ofEpoch(now());
    const whole = timeLeft.perEpoch();
    if (epoch === null || whole === null || !stage || !step) return [];
    const ofStage = epoch + (stage.epochs - step.epoch) * whole;
    return [
      { text: `${formatDuration(epoch)} left in the epoch` },
      { text: `at most ${formatDuration(ofStage)} in the stage` },
    ];
  };
  const stepParts = ({ loss, imagesPerSecond }: NonNullable<typeof step>): Piece[] => [
    { text: `loss ${formatLoss(loss)}` },
    ...(imagesPerSecond === null ? [] : [{ text: `${formatRate(imagesPerSecond)} images/s` }]),
    ...timeParts(),
  ];
  const underBar = (): string[] => {
    if (!report) return [];
    const title = fitLine([{ text: `validation after epoch ${report.epoch}`, paint: paints.faint }], width());
    return ['', title, ...headLines(report.validation, width(), paints)];
  };
  const epochLabel = (): string =>
    `${printable(stage?.name ?? '')} epoch ${step?.epoch ?? 1}/${stage?.epochs ?? 1}`;

  const handlers: { [T in TrainEvent['type']]: (event: Extract<TrainEvent, { type: T }>) => void } = {
    stage(event) {
      stage = event.stage;
      const number = `stage ${event.index + 1}${options.stages === undefined ? '' : `/${options.stages}`}`;
      label = `${number} ${printable(stage.name)}`;
      watch = newWatch;
      step = null;
      report = null;
      timeLeft.reset();
      region.clear();
      stay(lines(stageParts(stage, label, event.steps, paints)));
    },
    step(event) {
      const first = step?.epoch !== event.epoch;
      step = event;
      timeLeft.step(now(), event.step, event.steps);
      draw(
        () => [
          barLine(epochLabel(), event.step, event.steps, width(), paints),
          ...lines(stepParts(event)),
          ...underBar(),
        ],
        first,
      );
      if (!terminal && now() - lineAt >= LINE_MS) {
        const place = `epoch ${event.epoch}/${stage?.epochs}, step ${formatCount(event.step)}/${formatCount(event.steps)}`;
        stay(lines([{ text: place }, ...stepParts(event)]));
      }
    },
    validation({ done, rows }) {
      const first = timeLeft.validation(done, rows);
      draw(
        () => [
          barLine(`${epochLabel()} validation`, done, rows, width(), paints),
          ...lines(timeParts()),
          ...underBar(),
        ],
        first,
      );
      if (!terminal && now() - lineAt >= LINE_MS) {
        stay(lines([{ text: `${epochLabel()}, validation ${formatCount(done)}/${formatCount(rows)} rows` }]));
      }
    },
    epoch(event) {
      const context = contextOf(event.report);
      timeLeft.epoch(now());
      report = event.report;
      stay(
        lines([...epochParts(report, context, paints), ...(terminal ? [] : headParts(report.validation))]),
      );
    },
    stageEnd({ result, stoppedEarly }) {
      region.clear();
      const heads = headLines(result.metrics, terminal ? width() : 80, paints);
      stay([...lines(stageEndParts(result, stoppedEarly, label, paints)), ...heads]);
      stage = null;
    },
  };

  const contextOf = (next: EpochReport): EpochContext => {
    const rules = stage?.earlyStopping;
    // A stage that is gone on with has a count of its own, which is not known here until its next start.
    if (!report && next.epoch > 1) watch = null;
    if (rules && watch) watch = earlyStopping(rules, watch, costOf(next.validation, rules.metric)).watch;
    return {
      epochs: stage?.epochs ?? next.epoch,
      // A policy lowers the rate step by step; only what a plateau does is news.
      previousRate: stage?.reduceOnPlateau ? (report?.learningRate ?? null) : null,
      waited: rules && watch ? { epochs: watch.wait, patience: rules.patience } : null,
      selectBy: stage?.restoreBest ? stage.selectBy : null,
    };
  };

  return {
    onEvent(event) {
      (handlers[event.type] as (event: TrainEvent) => void)(event);
    },
    note(message) {
      stay(message.split('\n').map(printable));
    },
    preparing(name, done, total) {
      if (work?.label !== name) work = { label: name, since: now(), shown: false };
      const taken = now() - work.since;
      if (done >= total) {
        region.clear();
        if (work.shown)
          stay(
            lines([{ text: `${printable(name)}: ${formatCount(total)} in ${formatDuration(taken / 1000)}` }]),
          );
        work = null;
        return;
      }
      if (taken < MOMENT_MS[terminal ? 'terminal' : 'plain']) return;
      const left =
        done === 0 ? [] : [{ text: `${formatDuration((taken * (total / done - 1)) / 1000)} left` }];
      draw(() => [barLine(printable(name), done, total, width(), paints), ...lines(left)]);
      if (!terminal && (!work.shown || now() - lineAt >= LINE_MS)) {
        stay(lines([{ text: `${printable(name)}: ${formatCount(done)}/${formatCount(total)}` }, ...left]));
      }
      work.shown = true;
    },
    close() {
      region.clear();
    },
  };
}
