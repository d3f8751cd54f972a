/** `run evaluate MODEL`: how good a model is, with intervals; and its decisions, fitted on validation rows. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ExperimentError, type Problem } from '../../errors.ts';
import type { Calibration } from '../../evaluate/calibrate.ts';
import type { Evaluation } from '../../evaluate/evaluate.ts';
import type { EvaluatedRows, Part, RowsWanted } from '../../evaluate/rows.ts';
import { type AddCommand, type Output, withExample } from '../command.ts';
import { MODEL_ARGUMENT } from './find-model.ts';

interface EvaluateArguments {
  readonly part?: Part;
  readonly table?: string;
  readonly images?: string;
  readonly allowOutside?: boolean;
  readonly by?: readonly string[];
  readonly groupBy?: string;
  readonly resamples: number;
  readonly skipBad?: boolean;
  readonly output?: string;
  readonly calibrate?: boolean;
  readonly threshold?: readonly string[];
  readonly unsure?: readonly string[];
  readonly resetDecisions?: boolean;
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export const addEvaluate: AddCommand = (program, output) => {
  withExample(
    program
      .command('evaluate')
      .description('how good a model is: figures with 95 % intervals, slices; --calibrate fits its decisions')
      .argument('<model>', MODEL_ARGUMENT)
      .option('--part <part>', "test or validation; the test part where the run's split has one", readPart)
      .option('--table <file>', 'all rows of another table, or with --part the table where it is now')
      .option('--images <folder>', 'where its image paths begin; without it the folder of the table')
      .option('--allow-outside', 'read images too that the table names outside that folder')
      .option('--by <column>', 'slices by a column of the table; may be given several times', collect)
      .option('--group-by <column>', 'rows that are drawn together for the intervals')
      .option('--resamples <count>', 'resamples for the intervals', readResamples, 2000)
      .option('--skip-bad', 'leave rows out whose images cannot be read')
      .option('--output <folder>', 'write pictures and evaluation.json there')
      .option('--calibrate', 'fit the decisions on the validation part, and keep them in the model')
      .option(
        '--threshold <wish>',
        'with --calibrate: head.class=precision:0.95, or recall; may be given several times',
        collect,
      )
      .option('--unsure <limit>', `with --calibrate: "don't know" below 0.6, or head=0.6`, collect)
      .option('--reset-decisions', 'take temperatures, thresholds and limits away again')
      .option('--json', 'print the result as one JSON object'),
    'run evaluate latest --by sender_id',
    'run evaluate latest --calibrate --threshold kids.kids=precision:0.9 --unsure 0.6',
    'run evaluate model --table new.csv --images photos',
  ).action(async (name: string, options: EvaluateArguments) => {
    checkTogether(options);
    const { findModel } = await import('./find-model.ts');
    const { runsFolder } = await import('../../run/folders.ts');
    const { readModel } = await import('../../bundle/read.ts');
    const { createProgress } = await import('../../report/progress/progress.ts');
    const { planOfModel, selectRows, usualPart } = await import('../../evaluate/rows.ts');
    const progress = createProgress(output.screen.stream, output.screen);
    try {
      const onProgress = progress.preparing;
      const folder = await findModel(name, runsFolder(), { notify: progress.note, onProgress });
      if (options.resetDecisions) return await resetDecisions(folder, options, output);
      const model = readModel(folder);
      const { description } = model;
      const plan = planOfModel(folder, description, runsFolder());
      const rowsOf = (part: Part | null): EvaluatedRows =>
        selectRows(description, plan, { ...wantedOf(options), part });
      const isWhole = options.part === undefined && options.table !== undefined;
      const { prepareDevice } = await import('../../tensorflow/device.ts');
      prepareDevice({ device: plan?.execution.device ?? 'auto', memoryGrowth: true });
      const { createPredictor } = await import('../../bundle/predictor.ts');
      const computing = {
        skipBad: options.skipBad ?? plan?.settings.dataset.onBadImage === 'skip',
        onProgress: (done: number, total: number) => onProgress('images', done, total),
      };
      if (options.calibrate) {
        const { parseWishes } = await import('../../evaluate/wishes.ts');
        const wishes = parseWishes(options.threshold ?? [], options.unsure ?? [], description.heads);
        const validation = rowsOf(isWhole ? null : 'validation');
        const test = isWhole || plan === null || usualPart(plan) !== 'test' ? null : rowsOf('test');
        for (const note of validation.notes) progress.note(note);
        const { calibrateModel } = await import('../../evaluate/evaluate.ts');
        const calibration = await calibrateModel(await createPredictor(model), validation, test, {
          ...computing,
          ...wishes,
        });
        progress.close();
        return await keepDecisions(folder, calibration, options, output);
      }
      const rows = rowsOf(isWhole ? null : (options.part ?? (plan === null ? 'test' : usualPart(plan))));
      const { evaluateModel } = await import('../../evaluate/evaluate.ts');
      const { by = [], resamples } = options;
      const evaluation = await evaluateModel(await createPredictor(model), rows, {
        ...computing,
        by,
        resamples,
      });
      for (const note of evaluation.notes) progress.note(note);
      for (const { line, path } of evaluation.skipped)
        progress.note(`left out: ${path}, line ${line} of ${evaluation.table}`);
      progress.close();
      await showEvaluation(evaluation, options, output);
    } finally {
      progress.close();
    }
  });
};

async function showEvaluation(
  evaluation: Evaluation,
  options: EvaluateArguments,
  { print, printJson, say, style }: Output,
): Promise<void> {
  if (options.output !== undefined) {
    await writeEvaluation(evaluation, options.output);
    say(`Pictures and evaluation.json are in ${options.output}.`);
  }
  if (options.json) return printJson(evaluation);
  const { evaluationTable, slicesTable } = await import('../../report/tables/evaluation-table.ts');
  const { decisionLines } = await import('../../report/tables/decision-lines.ts');
  print(evaluationTable(evaluation, style));
  const lines = decisionLines(evaluation.decisions);
  if (lines.length > 0)
    print(`\nWith the decisions of the model:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  for (const slices of evaluation.slices) print(`\n${slicesTable(slices, style)}`);
}

async function writeEvaluation(evaluation: Evaluation, folder: string): Promise<void> {
  const { confusionPicture, coveragePicture, reliabilityPicture } = await import(
    '../../report/pictures/plots.ts'
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`);
  for (const [name, head] of Object.entries(evaluation.heads)) {
    if (head.rows === 0) continue;
    const { classes, confusion, reliability, calibrationError, coverageRisk } = head;
    const pictures = {
      confusion: await confusionPicture(name, classes, confusion),
      reliability: await reliabilityPicture(name, reliability, calibrationError),
      coverage: await coveragePicture(name, coverageRisk),
    };
    for (const [key, png] of Object.entries(pictures)) writeFileSync(join(folder, `${key}_${name}.png`), png);
  }
}

/** @throws ExperimentError where a wish was not met: then nothing is kept */
async function keepDecisions(
  folder: string,
  { heads, unmet }: Calibration,
  options: EvaluateArguments,
  { print, printJson, style }: Output,
): Promise<void> {
  if (unmet.length > 0) throw new ExperimentError(unmet.map(problemOfUnmet));
  const { writeDecisions } = await import('../../bundle/write.ts');
  const decisions = Object.fromEntries(heads.map(({ name, decision }) => [name, decision]));
  writeDecisions(folder, decisions);
  if (options.json) return printJson({ model: folder, decisions, heads });
  const { calibrationTable } = await import('../../report/tables/calibration-table.ts');
  const { decisionLines } = await import('../../report/tables/decision-lines.ts');
  print(calibrationTable(heads, style));
  const lines = decisionLines(decisions);
  const kept =
    lines.length === 0
      ? 'No head needs a decision; the model answers as it was trained.'
      : `Kept in ${folder}, in place of what was there; predict and evaluate apply it:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  print(`\n${kept}`);
}

async function resetDecisions(
  folder: string,
  { json }: EvaluateArguments,
  { print, printJson }: Output,
): Promise<void> {
  const { neutralDecision } = await import('../../bundle/model.ts');
  const { readDescription } = await import('../../bundle/read.ts');
  const { writeDecisions } = await import('../../bundle/write.ts');
  const { heads } = readDescription(folder);
  const decisions = Object.fromEntries(heads.map(({ name }) => [name, neutralDecision]));
  writeDecisions(folder, decisions);
  if (json) printJson({ model: folder, decisions });
  else print(`${folder} answers as it was trained.`);
}

function problemOfUnmet({ wish, best }: Calibration['unmet'][number]): Problem {
  const { head, class: name, kind, value } = wish;
  const found =
    best === null
      ? 'no validation row is of this class'
      : `found at most ${best.precision.toFixed(3)}, with a recall of ${best.recall.toFixed(3)}`;
  return {
    code: 'badArgument',
    path: '--threshold',
    message: `expected a ${kind} of ${value} for ${head}.${name} at some threshold, ${found}`,
    hint: 'Nothing was changed in the model. Wish for less, or train a better one.',
  };
}

function wantedOf({ table, images, allowOutside, groupBy }: EvaluateArguments): Omit<RowsWanted, 'part'> {
  return {
    table: table === undefined ? null : resolve(table),
    images: images ?? null,
    allowOutside: allowOutside ?? null,
    groupBy: groupBy ?? null,
  };
}

/** What has no effect is not ignored. @throws ExperimentError with every mistake */
function checkTogether(options: EvaluateArguments): void {
  const isGiven = (key: keyof EvaluateArguments): boolean => options[key] !== undefined;
  const flags: readonly [keyof EvaluateArguments, string][] = [
    ['part', '--part'],
    ['table', '--table'],
    ['images', '--images'],
    ['allowOutside', '--allow-outside'],
    ['by', '--by'],
    ['groupBy', '--group-by'],
    ['skipBad', '--skip-bad'],
    ['output', '--output'],
    ['calibrate', '--calibrate'],
    ['threshold', '--threshold'],
    ['unsure', '--unsure'],
  ];
  const allowed = new Set<keyof EvaluateArguments>(
    options.resetDecisions
      ? []
      : options.calibrate
        ? ['calibrate', 'table', 'images', 'allowOutside', 'groupBy', 'skipBad', 'threshold', 'unsure']
        : ['part', 'table', 'images', 'allowOutside', 'by', 'groupBy', 'skipBad', 'output'],
  );
  const beside = options.resetDecisions ? '--reset-decisions' : options.calibrate ? '--calibrate' : null;
  const problems = flags
    .filter(([key]) => isGiven(key) && !allowed.has(key))
    .map(([, flag]): Problem => {
      const message =
        beside === null ? `${flag} needs --calibrate` : `${flag} has no effect beside ${beside}`;
      return { code: 'badArgument', path: flag, message };
    });
  if (problems.length > 0) throw new ExperimentError(problems);
}

function readPart(text: string): Part {
  if (text === 'test' || text === 'validation') return text;
  throw new InvalidArgumentError(`Expected test or validation, got ${text}.`);
}

function readResamples(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 100 && count <= 1_000_000) return count;
  throw new InvalidArgumentError(`Expected a whole number from 100 to 1,000,000, got ${text}.`);
}
