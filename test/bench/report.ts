/** Results to Markdown, and into the README between its two markers. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { DecodeResult } from './decoding.ts';
import type { EpochResult } from './epoch.ts';
import type { Results } from './results.ts';
import type { Circumstances, Spread } from './statistics.ts';
import type { StepResults } from './steps.ts';
import type { Target } from './targets.ts';

type Format = (value: number) => string;

const fixed =
  (digits: number, factor = 1): Format =>
  (value) =>
    (value * factor).toFixed(digits);

function withRange({ median, min, max }: Spread, format: Format): string {
  return min === max ? format(median) : `${format(median)} (${format(min)}–${format(max)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Day, rounds and the load of other work, as the last cell of a row. */
function measured({ date, rounds, othersLoad }: Circumstances): string {
  const load = othersLoad === null ? 'not looked at' : othersLoad.median.toFixed(2);
  return `${date.slice(0, 10)}, ${rounds}, ${load}`;
}

const measuredHead = 'measured, rounds, cores busy otherwise';

export function markdown(results: Results): string {
  const { machine } = results;
  const versions = Object.assign(
    {},
    ...[...results.steps, ...results.backbones].map((step) => step.versions),
  ) as Record<string, string>;
  const parts = [
    `Measured by \`npm run bench\` on ${machine.cores} cores of ${machine.cpu} with ${machine.vectors}, ${machine.memoryGB} GB: ` +
      'each measurement a process of its own, in rounds one after the other; medians, smallest and largest in brackets, ' +
      'ratios paired by round.' +
      (Object.keys(versions).length === 0
        ? ''
        : ` Versions: ${Object.entries(versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(', ')}.`),
    ...results.steps.map(stepTable),
    ...(results.backbones.length > 0 ? [backboneTable(results.backbones)] : []),
    ...(results.epochs.length > 0 ? [epochTable(results.epochs)] : []),
    ...(results.decoding.length > 0 ? [decodeTable(results.decoding)] : []),
    ...(results.targets.length > 0 ? [targetTable(results.targets)] : []),
  ];
  return parts.join('\n\n');
}

function stepTable({ model, size, batchSize, contenders, notMeasured }: StepResults): string {
  const rows = contenders.map((contender) => [
    contender.title,
    withRange(contender.stepMilliseconds, fixed(0)),
    contender.oursDividedByIt === null ? '' : withRange(contender.oursDividedByIt.step, fixed(2)),
    withRange(contender.cpuMilliseconds, fixed(0)),
    withRange(contender.peakBytes, fixed(2, 1e-9)),
    withRange(contender.secondsToFirstStep, fixed(1)),
    contender.everyLossFinite ? 'yes' : 'NO',
    measured(contender),
  ]);
  const head = [
    '',
    'step, ms',
    'ours / it',
    'CPU time, ms',
    'peak memory, GB',
    'first step after, s',
    'losses finite',
    measuredHead,
  ];
  const left = notMeasured.map(({ title, why }) => `${title} was not measured: ${why}.`);
  const title = `One training step of ${model}, ${size}×${size} pixels, batch ${batchSize}, eight heads, Adam:`;
  return [title, table(head, rows), ...left].join('\n\n');
}

/** Each backbone beside the framework that it is proved equal to, measured in the same rounds. */
function backboneTable(backbones: readonly StepResults[]): string {
  const rows = backbones.flatMap(({ model, size, contenders }) => {
    const ours = contenders.find(({ name }) => name === 'graph');
    const theirs = contenders.find(({ name }) => name !== 'graph');
    if (ours === undefined || theirs?.oursDividedByIt == null) return [];
    return [
      [
        `${model}, ${size} px`,
        withRange(ours.stepMilliseconds, fixed(0)),
        `${theirs.name === 'keras' ? 'keras.applications' : 'timm, channels last'}`,
        withRange(theirs.stepMilliseconds, fixed(0)),
        withRange(theirs.oursDividedByIt.step, fixed(2)),
        withRange(theirs.oursDividedByIt.memory, fixed(2)),
        measured(theirs),
      ],
    ];
  });
  const head = [
    'one training step',
    'ms',
    'reference',
    'its ms',
    'ours / it',
    'memory, ours / it',
    measuredHead,
  ];
  return table(head, rows);
}

function epochTable(epochs: readonly EpochResult[]): string {
  const rows = epochs.map((epoch) => [
    `${epoch.model}, ${epoch.size} px, ${epoch.images} images`,
    withRange(epoch.bareImagesPerSecond, fixed(1)),
    withRange(epoch.epochImagesPerSecond, fixed(1)),
    withRange(epoch.ratio, fixed(3)),
    withRange(epoch.withoutCheckpointImagesPerSecond, fixed(1)),
    withRange(epoch.validationImagesPerSecond, fixed(1)),
    withRange(epoch.cpuRatio, fixed(3)),
    measured(epoch),
  ]);
  const head = [
    'images a second',
    'bare step',
    'epoch, augmented',
    'ratio',
    'without its checkpoint',
    'validation',
    'CPU time an image, bare / epoch',
    measuredHead,
  ];
  return table(head, rows);
}

function decodeTable(decoding: readonly DecodeResult[]): string {
  const rows = decoding.map((decode) => [
    `${decode.files}, to ${decode.size} px`,
    withRange(decode.oursImagesPerSecond, fixed(0)),
    withRange(decode.tfDataImagesPerSecond, fixed(0)),
    withRange(decode.ratio, fixed(2)),
    withRange(decode.oursCpuMilliseconds, fixed(2)),
    withRange(decode.tfDataCpuMilliseconds, fixed(2)),
    measured(decode),
  ]);
  const head = [
    'decoding, images a second',
    'into the cache',
    'tf.data, kept nowhere',
    'ratio',
    'CPU time an image, ms',
    'tf.data, ms',
    measuredHead,
  ];
  return table(head, rows);
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ what, ratio, bound, limit, met }) => [
    what,
    ratio.toFixed(3),
    `at ${bound} ${limit}`,
    met ? 'yes' : 'no',
  ]);
  return table(['target', 'measured', 'wanted', 'met'], rows);
}

const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

/** Replaces what stands between the markers; they are added at the end where they are missing. */
export function writeIntoReadme(file: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const block = `${begin}\n\n${text}\n\n${end}`;
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  const after =
    from >= 0 && to > from
      ? before.slice(0, from) + block + before.slice(to + end.length)
      : `${before.trimEnd()}${before === '' ? '' : '\n\n'}${block}\n`;
  writeFileSync(file, after);
}
