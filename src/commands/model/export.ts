/** `run export MODEL --to FORMAT…`: a trained model as files of other programs, each proved to answer the same. */
import { resolve } from 'node:path';
import { ExperimentError } from '../../errors.ts';
import type { ExportResult, FormatResult } from '../../export/export.ts';
import type { FormatName } from '../../export/formats.ts';
import { namesHint } from '../../file/names.ts';
import { type AddCommand, type Output, withExample } from '../command.ts';
import { interruption } from '../interruption.ts';
import { MODEL_ARGUMENT } from './find-model.ts';

interface ExportArguments {
  readonly to: readonly string[];
  readonly output?: string;
  readonly images?: string;
  readonly evaluation?: string;
  readonly json?: boolean;
}

/** Those of src/export/formats.ts, which is loaded later. */
export const FORMATS: readonly FormatName[] = ['onnx', 'savedmodel', 'tfjs'];

export const addExport: AddCommand = (program, output, exit) => {
  withExample(
    program
      .command('export')
      .description('write a trained model as files of other programs, and prove that they answer the same')
      .argument('<model>', MODEL_ARGUMENT)
      .requiredOption('--to <formats...>', `formats: ${FORMATS.join(', ')}`)
      .option(
        '--output <folder>',
        "folder that gets a folder for each format (default: export/ in the run's folder)",
      )
      .option('--images <folder>', "images to prove on (default: the run's validation images)")
      .option('--evaluation <file>', 'evaluation.json of run evaluate, for the figures of the model card')
      .option('--json', 'print the result as one JSON object'),
    'run export latest --to onnx savedmodel',
    'run export people/model --to onnx --images photos --output exported',
  ).action(async (name: string, options: ExportArguments) => {
    exit(await exportAll(output, name, options));
  });
};

async function exportAll(output: Output, name: string, options: ExportArguments): Promise<0 | 1 | 130> {
  const { formatNames } = await import('../../export/formats.ts');
  const wanted = formatsOf(options.to, formatNames);
  const { findModel } = await import('./find-model.ts');
  const { runsFolder } = await import('../../run/folders.ts');
  const { readModel } = await import('../../bundle/read.ts');
  const { planOfModel } = await import('../../evaluate/rows.ts');
  const { inFloat32, placeOf } = await import('../../export/reference.ts');
  const { readEvaluation } = await import('../../export/figures.ts');
  const { createProgress } = await import('../../report/progress/progress.ts');
  const progress = createProgress(output.screen.stream, output.screen);
  try {
    const onProgress = progress.preparing;
    const folder = await findModel(name, runsFolder(), { notify: progress.note, onProgress });
    const model = readModel(folder);
    const { description } = model;
    const plan = planOfModel(folder, description, runsFolder());
    const place = placeOf(folder, description, runsFolder());
    const figures =
      options.evaluation === undefined
        ? place.figures
        : readEvaluation(resolve(options.evaluation), description);
    const signal = interruption(output.endNow, progress.note, 'Stopping.', 'Once more to stop at once.');
    const { prepareDevice } = await import('../../tensorflow/device.ts');
    // What everything is compared with: sums in float32, which GPUs do not make.
    prepareDevice({ device: 'cpu', memoryGrowth: true });
    const { createPredictor } = await import('../../bundle/predictor.ts');
    const { exportModel } = await import('../../export/export.ts');
    const predictor = await createPredictor(inFloat32(model, progress.note));
    const target = resolve(options.output ?? place.output);
    const result = await exportModel(
      predictor,
      { formats: wanted, output: target, images: options.images ?? null, plan, figures },
      { signal, note: progress.note, onProgress, onDone: () => progress.close() },
    ).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    progress.close();
    if (result === null) return 130;
    return await show(result, model.folder, target, options, output);
  } finally {
    progress.close();
  }
}

async function show(
  result: ExportResult,
  model: string,
  target: string,
  { json }: ExportArguments,
  { print, printJson, say, style }: Output,
): Promise<0 | 1> {
  if (json) printJson({ model, output: target, ...result });
  else {
    const { exportsTable } = await import('../../report/tables/exports-table.ts');
    print(`Compared with the model on ${result.images.words}:\n`);
    print(exportsTable(result.formats, style));
  }
  const bad = result.formats.filter(({ isGood }) => !isGood);
  for (const one of bad) say(`\nfailed: ${reasonOf(one)}`);
  return bad.length === 0 ? 0 : 1;
}

function reasonOf(one: FormatResult): string {
  const { format, largestDifference, tolerance, head, image, wrongClasses, folder } = one;
  const why =
    largestDifference > tolerance
      ? `a probability of ${head} is off by ${largestDifference.toPrecision(2)} for ${image}, and at most ${tolerance} is allowed`
      : `${wrongClasses} classes are not what the decisions make of its probabilities`;
  return `the ${format} export does not answer as the model does: ${why}\n  It is kept in ${folder} to be looked at. Please report it with the model.json of the model.`;
}

/** @throws ExperimentError naming every word that is no format */
function formatsOf(words: readonly string[], names: readonly FormatName[]): FormatName[] {
  const unknown = words.filter((word) => !(names as readonly string[]).includes(word));
  if (unknown.length === 0) return [...new Set(words)] as FormatName[];
  throw new ExperimentError(
    unknown.map((word) => ({
      code: 'badArgument',
      path: '--to',
      message: `expected formats of ${names.join(', ')}, found "${word}"`,
      hint: namesHint(word, names),
    })),
  );
}
