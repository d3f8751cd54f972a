/** `MODEL_CARD.md`: what an exported model answers, what it learned from, how good it is, what it cannot do, and what it is made of. */
import { basename } from 'node:path';
import type { HeadDescription, ModelDescription } from '../bundle/model.ts';
import type { Plan } from '../plan/plan.ts';
import { decisionLines } from '../report/tables/decision-lines.ts';
import { formatBytes, formatCount } from '../report/text/format.ts';
import { renderMarkdown } from '../report/text/text-table.ts';
import type { CardEstimate, CardFigures } from './figures.ts';
import type { Snippet } from './format.ts';
import { namesOf } from './names.ts';
import type { Proved } from './prove.ts';

export interface ExportedFile {
  /** In the folder of the card. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CardContent {
  readonly description: ModelDescription;
  /** Null where the run is not at hand. */
  readonly plan: Plan | null;
  readonly figures: CardFigures | null;
  readonly snippet: Snippet;
  readonly proved: Proved;
  /** What it was proved on, in words. */
  readonly images: string;
  readonly tolerance: number;
  readonly isGood: boolean;
  readonly files: readonly ExportedFile[];
}

export function modelCard(content: CardContent): string {
  const { description } = content;
  const { name, description: about } = description;
  const title = content.isGood ? [] : ['**This export differs from the model. Do not use it.**'];
  const parts = [`# ${name}`, ...title, ...(about === '' ? [] : [about]), ...sectionsOf(content)];
  return `${parts.join('\n\n')}\n`;
}

function sectionsOf(content: CardContent): string[] {
  const { description, snippet } = content;
  return [
    '## What it answers',
    answersTable(description),
    decisionsOf(description),
    '## How it is used',
    inputOf(description),
    `\`${snippet.file}\` does it (\`${snippet.needs}\`, \`${snippet.command}\`). \`labels.json\` names input, outputs and classes.`,
    '## What it learned from',
    dataOf(content),
    '## How good it is',
    figuresOf(content.figures),
    '## Limits',
    limitsOf(content),
    '## Proof',
    proofOf(content),
    '## What it is made of',
    digestsOf(content),
  ];
}

function answersTable({ heads }: ModelDescription): string {
  const names = namesOf(heads);
  return renderMarkdown({
    columns: ['head', 'probabilities, float32 [N, K]', 'class, int64 [N]', 'classes'].map((title) => ({
      title,
      align: 'left',
    })),
    rows: heads.map((head, h) => [
      head.name,
      names.heads[h]!.probabilities,
      names.heads[h]!.class,
      `${head.classes.join(', ')}${head.ordinal ? ' (in this order)' : ''}`,
    ]),
  });
}

function decisionsOf({ decisions }: ModelDescription): string {
  const usual =
    'The class is the number of one of the classes, from 0 on, or -1 for "don\'t know". Without decisions it is the most probable one; of heads whose classes are in an order, and were learned so, the median.';
  const lines = decisionLines(decisions);
  return lines.length === 0
    ? `${usual} This model has no decisions.`
    : `${usual} Decisions, inside the file already:\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

const fits: Readonly<Record<ModelDescription['input']['fit'], string>> = {
  stretch: 'stretched to a square',
  crop: 'cut to the square in its middle',
  pad: 'put into a square with black beside it',
};

function inputOf({ input, heads }: ModelDescription): string {
  const { decodedSize: side, fit } = input;
  return `Input \`${namesOf(heads).images}\`: uint8 [N, ${side}, ${side}, 3], any number of RGB pictures, rows from top to bottom. A picture is turned upright by its EXIF and ${fits[fit]}, then scaled by a linear filter (Pillow's BILINEAR). Everything else, normalisation among it, is in the file.`;
}

function dataOf({ description, plan }: CardContent): string {
  const { run } = description;
  const digest =
    run.dataDigest === null ? '' : ` SHA-256 of table and decoded images: \`${run.dataDigest}\`.`;
  if (plan === null) return `The run ${run.id}, which was not at hand when this was written.${digest}`;
  const { rows, trainingRows, validationRows, testRows } = plan.dataset;
  const parts = [
    `${formatCount(trainingRows)} for training`,
    `${formatCount(validationRows)} for validation`,
    ...(testRows === undefined ? [] : [`${formatCount(testRows)} for a test`]),
  ];
  return `The run ${run.id}: ${formatCount(rows)} labelled pictures, ${parts.join(', ')}.${digest}`;
}

function figuresOf(figures: CardFigures | null): string {
  const how = '`run evaluate MODEL --output FOLDER`, then `run export … --evaluation FOLDER/evaluation.json`';
  if (figures === null) return `Not known here. ${how} puts figures with intervals here.`;
  const shown = ({ value, low, high }: CardEstimate): string =>
    value === null
      ? '–'
      : `${value.toFixed(3)}${low === null || high === null ? '' : ` (${low.toFixed(3)} to ${high.toFixed(3)})`}`;
  const table = renderMarkdown({
    columns: [
      { title: 'head', align: 'left' },
      ...['rows', 'accuracy', 'majority baseline', 'balanced accuracy', 'macro F1'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    rows: figures.heads.map((head) => [
      head.name,
      formatCount(head.rows),
      shown(head.accuracy),
      shown(head.majorityAccuracy),
      shown(head.balancedAccuracy),
      shown(head.macroF1),
    ]),
  });
  const about = figures.hasIntervals
    ? `Of the ${figures.rows}, with 95 % intervals.`
    : `Of the ${figures.rows}, on which the best epoch may have been chosen, without intervals. ${how} puts figures with intervals here.`;
  return `${table}\n\n${about}`;
}

function limitsOf({ description, figures }: CardContent): string {
  const { heads, input, decisions } = description;
  const below = (head: HeadDescription): boolean => {
    const own = figures?.heads.find(({ name }) => name === head.name);
    return own?.accuracy.value != null && (own.majorityAccuracy.value ?? 0) >= own.accuracy.value;
  };
  const neverUnsure = heads
    .filter(({ name }) => decisions[name]!.unknownBelow === null)
    .map(({ name }) => name);
  const poor = heads.filter(below).map(({ name }) => name);
  return [
    'It knows the classes above and no others: what is in none of them gets one of them all the same.',
    'It answers for pictures like those it learned from. Others, of another camera, place or time, have to be tried first.',
    `It sees ${input.imageSize} × ${input.imageSize} pixels: what is smaller than a few of them in the square is not seen.`,
    'A probability is how sure the model is, which is not how often it is right; `run evaluate --calibrate` brings both together.',
    ...(neverUnsure.length === 0 ? [] : [`These heads never say "don't know": ${neverUnsure.join(', ')}.`]),
    ...(poor.length === 0
      ? []
      : [`No better than always giving the most frequent answer, by accuracy: ${poor.join(', ')}.`]),
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function proofOf({ description, proved, images, tolerance }: CardContent): string {
  const { largestDifference, head, image, otherAnswers } = proved;
  const answers = proved.images * description.heads.length;
  return `Run on ${images} and compared with the model: the largest difference of a probability is ${largestDifference.toExponential(1)} (${head}, ${basename(image)}), at most ${tolerance} is allowed. Of ${formatCount(answers)} answers ${formatCount(otherAnswers)} are others.`;
}

function digestsOf({ description, files }: CardContent): string {
  const { run, weights, versions } = description;
  const table = renderMarkdown({
    columns: [
      { title: 'file', align: 'left' },
      { title: 'size', align: 'right' },
      { title: 'SHA-256', align: 'left' },
    ],
    rows: files.map(({ path, bytes, sha256 }) => [path, formatBytes(bytes), sha256]),
  });
  const lines = [
    `weights of the model: \`${weights.sha256}\`, of the run: \`${run.weightsHash}\``,
    `plan of the run: \`${run.planHash}\``,
    `trained by manyheads ${versions.manyheads} with TensorFlow ${versions.tensorflow}`,
  ];
  return `${table}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
