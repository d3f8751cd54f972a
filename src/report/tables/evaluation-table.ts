/** An evaluation as text: a row a head with intervals, footnotes, slices. */
import { type Confusion, occurringClasses } from '../../train/score/confusion.ts';
import { formatCount, formatLoss, formatScore, UNKNOWN } from '../text/format.ts';
import { type Column, renderTable, type TextStyle } from '../text/text-table.ts';
import { flowParts } from '../text/text-width.ts';

export interface ShownEstimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

type ShownFigures = Readonly<
  Record<
    'logLoss' | 'accuracy' | 'majorityAccuracy' | 'balancedAccuracy' | 'macroF1' | 'answered',
    ShownEstimate
  >
>;

interface ShownSummary<Head> {
  readonly rows: number;
  readonly unit: 'rows' | 'groups';
  readonly units: number;
  readonly heads: Readonly<Record<string, Head>>;
  readonly mean: ShownFigures;
}

interface ShownHead {
  readonly rows: number;
  readonly figures: ShownFigures;
}

export interface ShownEvaluation
  extends ShownSummary<
    ShownHead & {
      readonly auc: number | null;
      readonly calibrationError: number | null;
      readonly meanAbsoluteError: number | null;
      readonly rareClasses: Readonly<Record<string, number>>;
      readonly confusion: Confusion;
    }
  > {
  readonly part: 'test' | 'validation' | null;
  readonly table: string;
  readonly groupBy: string | null;
  readonly resamples: number;
}

export interface ShownSlices {
  readonly column: string;
  readonly values: readonly (ShownSummary<ShownHead> & { readonly value: string })[];
}

/** Slices in a table at most, the largest ones. */
const MOST_SLICES = 20;

type Mark = 'belowMajority' | 'noBetterThanChance' | 'rareClasses' | 'noLabels';

const SIGNS: Readonly<Record<Mark, string>> = {
  belowMajority: '*',
  noBetterThanChance: '+',
  rareClasses: '~',
  noLabels: '!',
};

/** Rounding of a mean of K recalls must not lift a head that always answers the same above 1/K. */
const ROUNDING = 1e-9;

/** @returns lines without a newline at the end */
export function evaluationTable(evaluation: ShownEvaluation, style: TextStyle): string {
  const heads = Object.entries(evaluation.heads);
  const hasOrder = heads.some(([, { meanAbsoluteError }]) => meanAbsoluteError !== null);
  const isUnsure = heads.some(([, { figures }]) => (figures.answered.value ?? 1) < 1);
  const right = (title: string): Column => ({ title, align: 'right' });
  const columns: Column[] = [
    { title: 'head', align: 'left' },
    ...['rows', 'log loss', 'accuracy', 'majority\nbaseline', 'balanced\naccuracy', 'macro\nF1'].map(right),
    ...['AUC', 'calibration\nerror'].map(right),
    ...(hasOrder ? [right('mean error\nin classes')] : []),
    ...(isUnsure ? [right('answered')] : []),
  ];
  const marked = heads.map(([name, head]) => ({ name, head, marks: marksOf(head) }));
  const rows = marked.map(({ name, head, marks }) => [
    name + marks.map((mark) => SIGNS[mark]).join(''),
    formatCount(head.rows),
    ...figureCells(head.figures),
    formatScore(head.auc),
    formatScore(head.calibrationError),
    ...(hasOrder ? [formatScore(head.meanAbsoluteError)] : []),
    ...(isUnsure ? [withInterval(head.figures.answered, formatScore)] : []),
  ]);
  if (heads.length > 1) {
    const [, ...means] = figureCells(evaluation.mean);
    const answered = isUnsure ? [withInterval(evaluation.mean.answered, formatScore)] : [];
    rows.push(['mean', '', '', ...means, '', '', ...(hasOrder ? [''] : []), ...answered]);
  }
  const notes = [
    ...footnotes(marked, evaluation.unit),
    ...(isUnsure ? ['All but the log loss is told of the rows that are answered.'] : []),
  ];
  return [headingOf(evaluation), '', renderTable({ columns, rows }, style), ...flowed(notes, style)].join(
    '\n',
  );
}

/** A row a slice, a column a head. */
export function slicesTable({ column, values }: ShownSlices, style: TextStyle): string {
  const heads = Object.keys(values[0]?.heads ?? {});
  const columns: Column[] = [
    { title: column, align: 'left' },
    { title: 'rows', align: 'right' },
    ...(heads.length > 1 ? [{ title: 'mean\naccuracy', align: 'right' } as const] : []),
    ...heads.map((name): Column => ({ title: `${name}\naccuracy`, align: 'right' })),
  ];
  const rows = values
    .slice(0, MOST_SLICES)
    .map((slice) => [
      slice.value === '' ? '(empty)' : slice.value,
      formatCount(slice.rows),
      ...(heads.length > 1 ? [withInterval(slice.mean.accuracy, formatScore)] : []),
      ...heads.map((name) => withInterval(slice.heads[name]!.figures.accuracy, formatScore)),
    ]);
  const more = values.length - rows.length;
  const notes = [
    ...(more > 0 ? [`${formatCount(more)} smaller slices are not shown; --json has all of them.`] : []),
    ...(values.length > 1
      ? [
          `Of ${formatCount(values.length)} slices some look better or worse by chance alone: one in twenty intervals does not hold what it should.`,
        ]
      : []),
  ];
  return [renderTable({ columns, rows }, style), ...flowed(notes, style)].join('\n');
}

/** `0.612 (0.552–0.668)`; without an interval the value alone. */
export function withInterval(
  { value, low, high }: ShownEstimate,
  format: (value: number | null) => string,
): string {
  if (value === null) return UNKNOWN;
  return low === null || high === null ? format(value) : `${format(value)} (${format(low)}–${format(high)})`;
}

function headingOf({ part, table, rows, groupBy, unit, units, resamples }: ShownEvaluation): string {
  const what =
    part === null
      ? `${formatCount(rows)} rows of ${table}`
      : `The ${part} part of ${table}, ${formatCount(rows)} rows`;
  const drawn = unit === 'rows' ? 'rows' : `${formatCount(units)} groups of ${groupBy}`;
  return `${what}; 95 % intervals from ${formatCount(resamples)} resamples of ${drawn}`;
}

function figureCells({
  logLoss,
  accuracy,
  majorityAccuracy,
  balancedAccuracy,
  macroF1,
}: ShownFigures): string[] {
  return [
    withInterval(logLoss, formatLoss),
    withInterval(accuracy, formatScore),
    formatScore(majorityAccuracy.value),
    withInterval(balancedAccuracy, formatScore),
    withInterval(macroF1, formatScore),
  ];
}

type MarkedHead = ShownEvaluation['heads'][string];

function marksOf({ rows, figures, confusion, rareClasses }: MarkedHead): Mark[] {
  if (rows === 0) return ['noLabels'];
  const [accuracy, majority, balanced] = [
    figures.accuracy.value,
    figures.majorityAccuracy.value,
    figures.balancedAccuracy.value,
  ];
  const occurring = occurringClasses(confusion);
  const marks: Mark[] = [];
  if (accuracy !== null && majority !== null && accuracy < majority - ROUNDING) marks.push('belowMajority');
  if (balanced !== null && occurring > 1 && balanced <= 1 / occurring + ROUNDING)
    marks.push('noBetterThanChance');
  if (Object.keys(rareClasses).length > 0) marks.push('rareClasses');
  return marks;
}

function footnotes(
  marked: readonly { readonly name: string; readonly head: MarkedHead; readonly marks: readonly Mark[] }[],
  unit: 'rows' | 'groups',
): string[] {
  const rare = marked.flatMap(({ name, head: { rareClasses } }) => {
    const classes = Object.entries(rareClasses).map(([each, count]) => `${each} (${count})`);
    return classes.length === 0 ? [] : [`${name}: ${classes.join(', ')}`];
  });
  const sentences: Readonly<Record<Mark, string>> = {
    belowMajority: 'Accuracy is below that of always answering the most frequent class of the training part.',
    noBetterThanChance: 'Balanced accuracy is no better than chance, 1/K for K classes among the rows.',
    rareClasses: `The intervals of balanced accuracy and macro F1 are likely too narrow, because some classes have fewer than 10 ${unit}. ${rare.join('; ')}.`,
    noLabels: 'No row has a label for this head.',
  };
  return (Object.keys(SIGNS) as Mark[])
    .filter((mark) => marked.some(({ marks }) => marks.includes(mark)))
    .map((mark) => `${SIGNS[mark]} ${sentences[mark]}`);
}

function flowed(sentences: readonly string[], { columns }: TextStyle): string[] {
  return sentences.flatMap((sentence) =>
    flowParts(
      sentence.split(' ').map((text) => ({ text })),
      columns ?? Number.POSITIVE_INFINITY,
      ' ',
      2,
    ),
  );
}
