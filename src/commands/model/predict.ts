/** `run predict MODEL IMAGE|FOLDER|TABLE|-…`: what a trained model says of images. */

import { ExperimentError } from '../../errors.ts';
import type { ImageAnswer } from '../../predict/answers.ts';
import type { AnswerWriter, FormatOptions } from '../../predict/formats/format.ts';
import { type AddCommand, type Output, withExample } from '../command.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../whole-number.ts';
import { MODEL_ARGUMENT } from './find-model.ts';

interface PredictArguments {
  readonly json?: boolean;
  readonly output?: string;
  readonly top?: number;
  readonly column?: string;
  readonly delimiter?: string;
  readonly images?: string;
  readonly allowOutside?: boolean;
  readonly features?: boolean;
  readonly flip?: boolean;
  readonly skipBad?: boolean;
  readonly batchSize?: number;
}

/** Rows of a table in a terminal, before the next one begins. */
const TABLE_ROWS = 200;

export const addPredict: AddCommand = (program, output, exit) => {
  withExample(
    program
      .command('predict')
      .description('say what a trained model sees in images')
      .argument('<model>', MODEL_ARGUMENT)
      .argument(
        '<inputs...>',
        'images, folders, tables (.csv, .tsv) with a column of paths, or - for paths on standard input',
      )
      .option('--json', 'print one JSON object a line for each image, with the probabilities of all classes')
      .option('--output <file>', 'write into a file: .csv, .jsonl or .parquet')
      .option(
        '--top <count>',
        'name the most probable classes of each head, so many',
        wholeNumber('--top', 1),
      )
      .option('--column <name>', 'column of a table that holds the paths (default: as in training)')
      .option('--delimiter <mark>', 'what stands between the columns of a .csv (default: as in training)')
      .option(
        '--images <folder>',
        'folder that paths in a table are relative to (default: the folder of the table)',
      )
      .option('--allow-outside', 'read images too that a table names outside that folder')
      .option('--features', 'write the pooled features of each image too')
      .option('--flip', 'average the probabilities with those of the mirrored image')
      .option('--skip-bad', 'end with exit code 0 although images are damaged')
      .option(
        '--batch-size <count>',
        'images that are computed at once (default: 32)',
        wholeNumber('--batch-size', 1),
      ),
    'run predict latest photo.jpg',
    'run predict latest photos --output answers.csv',
    'run predict people table.csv --column file --json',
    'find photos -name "*.jpg" | run predict latest - --json',
  ).action(async (name: string, inputs: string[], options: PredictArguments) => {
    if (options.json && options.output !== undefined) {
      const message = '--json is for standard output, and --output writes into a file';
      const hint = 'A file that ends in .jsonl holds the same lines.';
      throw new ExperimentError([{ code: 'badArgument', path: '', message, hint }]);
    }
    exit(await predict(output, name, inputs, options));
  });
};

async function predict(
  { print, say, style, screen, endNow }: Output,
  name: string,
  inputs: readonly string[],
  options: PredictArguments,
): Promise<0 | 1 | 130> {
  const { runsFolder } = await import('../../run/folders.ts');
  const { findModel } = await import('./find-model.ts');
  const { readModel } = await import('../../bundle/read.ts');
  const { openSources } = await import('../../predict/sources.ts');
  const { predictImages } = await import('../../predict/predict.ts');
  const { formatOf } = await import('../../predict/formats/file.ts');
  const { prepareDevice } = await import('../../tensorflow/device.ts');
  const { decisionLines } = await import('../../report/tables/decision-lines.ts');
  const { createPredictProgress } = await import('../../report/progress/predict-progress.ts');

  // What can't be is said before anything costs time.
  const open = options.output === undefined ? undefined : formatOf(options.output);
  const model = readModel(await findModel(name, runsFolder(), { notify: say }));
  const { heads, table, network, decisions } = model.description;
  for (const line of decisionLines(decisions)) say(`decisions of the model: ${line}`);
  const sources = openSources(inputs, {
    column: options.column ?? table.imageColumn,
    delimiter: options.delimiter ?? table.delimiter,
    images: options.images,
    allowOutside: options.allowOutside ?? false,
    lines: process.stdin,
  });
  if (sources.others > 0) say(`left out: ${sources.others} files that are no images by their endings`);
  prepareDevice({ device: 'auto', memoryGrowth: true });
  const featureCount = network.layers.find((layer) => layer.name === network.pooled)!.outputShape[0]!;
  const { top = 1, features = false, batchSize = 32, flip = false } = options;
  const format: FormatOptions = { heads, top, features: features ? featureCount : 0 };
  const progress = createPredictProgress(screen.stream, screen);
  const writer =
    (await open?.(options.output!, format)) ??
    (await standardWriter({ print, style }, format, options.json ?? false, sources.count === null, () =>
      progress.clear(),
    ));
  const signal = interruption(
    endNow,
    progress.note,
    'Stopping after these images.',
    'Once more to stop at once.',
  );
  const counts = await predictImages({
    model,
    sources,
    batchSize,
    flip,
    top,
    features,
    signal,
    write: (answers) => writer.write(answers),
    onProgress: progress.update,
  }).finally(async () => {
    progress.clear();
    await writer.end();
  });
  const damaged = counts.damaged === 0 ? '' : `, ${counts.damaged} of them damaged`;
  const summary = `${counts.images} ${counts.images === 1 ? 'image' : 'images'}${damaged}`;
  if (options.output !== undefined) say(`Wrote the answers for ${summary} to ${options.output}`);
  else if (damaged !== '') say(summary);
  if (signal.aborted) return 130;
  return counts.damaged > 0 && !options.skipBad ? 1 : 0;
}

/** To standard output: a table in a terminal, else CSV; or JSON lines. */
async function standardWriter(
  { print, style }: Pick<Output, 'print' | 'style'>,
  format: FormatOptions,
  json: boolean,
  isStream: boolean,
  beforeTable: () => void,
): Promise<AnswerWriter> {
  if (json || !style.terminal) {
    const { csvFormat } = await import('../../predict/formats/csv.ts');
    const { jsonFormat } = await import('../../predict/formats/json-lines.ts');
    const { head, lines } = json ? jsonFormat(format) : csvFormat(format);
    const printLines = (text: string): void => {
      if (text !== '') print(text.slice(0, -1));
    };
    printLines(head);
    return { write: (answers) => printLines(lines(answers)), end: () => undefined };
  }
  const { answersTable } = await import('../../predict/formats/text-table.ts');
  let rows: ImageAnswer[] = [];
  const flush = (): void => {
    if (rows.length === 0) return;
    beforeTable();
    print(answersTable(rows, format, style));
    rows = [];
  };
  return {
    write(answers) {
      rows.push(...answers);
      // Who types a path wants to see what comes of it.
      if (isStream || rows.length >= TABLE_ROWS) flush();
    },
    end: flush,
  };
}
