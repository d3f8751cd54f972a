/** Results to Markdown, and into documents between two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { DecodeResult } from './decoding.ts';
import type { EpochResult } from './epoch.ts';
import type { Results } from './results.ts';
import type { ContenderName } from './settings.ts';
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
      'each measurement in a process of its own, in rounds. Numbers are medians, with the smallest and the largest in ' +
      'brackets. Ratios are taken within a round.' +
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

/** The steps alone, for README.md: a row for each network and size, a column for each contender. */
export function stepSummary({ steps }: Results): string {
  const shown: readonly (readonly [ContenderName, string])[] = [
    ['graph', 'manyheads'],
    ['torch-last', 'PyTorch, channels last'],
    ['keras-onednn', 'Keras 3, oneDNN on'],
    ['keras', 'Keras 3'],
  ];
  const rows = steps.map(({ model, size, contenders }) => [
    `${model}, ${size} px`,
    ...shown.map(([name]) => {
      const found = contenders.find((contender) => contender.name === name);
      return found === undefined ? '' : fixed(0)(found.stepMilliseconds.median);
    }),
  ]);
  return table(['one training step, ms', ...shown.map(([, title]) => title)], rows);
}

/** Replaces what stands between two markers of a document, `<!-- name:begin -->` and `<!-- name:end -->`. */
export function writeBetween(file: string, name: string, text: string): void {
  writeFileSync(file, withBlock(readFileSync(file, 'utf8'), name, text));
}

/** @throws Error where the document has no such markers */
export function withBlock(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} … ${end}`);
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
}
