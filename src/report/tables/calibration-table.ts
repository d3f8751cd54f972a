/** What `run evaluate --calibrate` has found: temperatures and what they are worth, thresholds, in tables. */
import { formatCount, formatLoss, formatScore, UNKNOWN } from '../text/format.ts';
import { type Column, renderTable, type TextStyle } from '../text/text-table.ts';

interface ShownWorth {
  readonly rows: number;
  readonly logLoss: number | null;
  readonly calibrationError: number | null;
  readonly answered: number | null;
  readonly accuracy: number | null;
}

interface ShownRates {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly answers: number;
}

interface ShownHead {
  readonly name: string;
  readonly decision: { readonly temperature: number; readonly unknownBelow: number | null };
  readonly noTemperature: 'noLabels' | 'allRight' | 'noBetterThanChance' | null;
  readonly on: 'test' | 'validationFolds';
  readonly before: ShownWorth;
  readonly after: ShownWorth;
  readonly thresholds: readonly {
    readonly class: string;
    readonly wish: { readonly kind: 'precision' | 'recall'; readonly value: number };
    readonly threshold: number;
    readonly validation: ShownRates;
    readonly test: ShownRates | null;
  }[];
}

const REASONS: Readonly<Record<NonNullable<ShownHead['noTemperature']>, string>> = {
  noLabels: 'no validation row has a label, so the temperature stays 1',
  allRight: 'every validation row is right, so that no temperature is the best; it stays 1',
  noBetterThanChance: 'its outputs say nothing of the labels, so that no temperature is the best; it stays 1',
};

/** @returns lines without a newline at the end */
export function calibrationTable(heads: readonly ShownHead[], style: TextStyle): string {
  const right = (title: string): Column => ({ title, align: 'right' });
  const isUnsure = heads.some(
    ({ decision, thresholds }) => decision.unknownBelow !== null || thresholds.length > 0,
  );
  const arrow = (
    format: (value: number | null) => string,
    before: number | null,
    after: number | null,
  ): string => `${format(before)} → ${format(after)}`;
  const worth = renderTable(
    {
      columns: [
        { title: 'head', align: 'left' },
        ...['temperature', 'rows', 'log loss', 'calibration\nerror'].map(right),
        ...(isUnsure ? ['answered', 'accuracy of\nthe answers'].map(right) : []),
      ],
      rows: heads.map(({ name, decision, before, after }) => [
        name,
        String(Number(decision.temperature.toPrecision(4))),
        formatCount(after.rows),
        arrow(formatLoss, before.logLoss, after.logLoss),
        arrow(formatScore, before.calibrationError, after.calibrationError),
        ...(isUnsure
          ? [
              arrow(formatScore, before.answered, after.answered),
              arrow(formatScore, before.accuracy, after.accuracy),
            ]
          : []),
      ]),
    },
    style,
  );
  const isTested = heads.some(({ on }) => on === 'test');
  const lines = [
    isTested
      ? 'Fitted on the validation part. Before and after, told by the test part:'
      : 'Fitted on the validation part. Before and after, each fifth of its rows by what was fitted on the others:',
    '',
    worth,
    ...heads.flatMap(({ name, noTemperature }) =>
      noTemperature === null ? [] : [`${name}: ${REASONS[noTemperature]}.`],
    ),
  ];
  const thresholds = heads.flatMap((head) => head.thresholds.map((one) => ({ head: head.name, ...one })));
  if (thresholds.length === 0) return lines.join('\n');
  const rates = (of: ShownRates | null): string[] =>
    of === null
      ? [UNKNOWN, UNKNOWN, UNKNOWN]
      : [formatScore(of.precision), formatScore(of.recall), formatCount(of.answers)];
  const table = renderTable(
    {
      columns: [
        ...['head', 'class', 'wished'].map((title): Column => ({ title, align: 'left' })),
        ...['threshold', 'validation\nprecision', 'recall', 'answers'].map(right),
        ...(isTested ? ['test\nprecision', 'recall', 'answers'].map(right) : []),
      ],
      rows: thresholds.map(({ head, class: name, wish, threshold, validation, test }) => [
        head,
        name,
        `${wish.kind} ${wish.value}`,
        String(Number(threshold.toPrecision(4))),
        ...rates(validation),
        ...(isTested ? rates(test) : []),
      ]),
    },
    style,
  );
  const note = isTested
    ? 'The threshold was chosen on the validation rows, where it looks better than it is: the test rows tell what it is worth.'
    : 'The threshold was chosen on these rows, where it looks better than it is. A test part would tell what it is worth.';
  return [...lines, '', table, note].join('\n');
}
