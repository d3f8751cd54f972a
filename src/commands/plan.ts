/** `run plan FILE`: what a file comes to. `run validate FILE…`: what is wrong with files. Both take sweeps too. */
import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createColors } from 'picocolors';
import { ExperimentError, formatProblem, type Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type AddCommand, type Output, withExample } from './command.ts';
import { isSweep } from './sweep/is-sweep.ts';
import { showSweep } from './sweep/sweep.ts';

interface PlanArguments {
  readonly values?: boolean;
  readonly layers?: boolean;
  readonly schedulePlot?: string;
  readonly augmentationSheet?: string;
  readonly json?: boolean;
}

export const addPlan: AddCommand = (program, output) => {
  withExample(
    program
      .command('plan')
      .description('show the plan of FILE: data, stages, shapes, parameters, costs')
      .argument('<file>', 'experiment or sweep')
      .argument('[overrides...]', 'values that replace those of the file')
      .option('--values', 'show every value, and where it comes from')
      .option('--layers', 'show every layer of the network')
      .option('--schedule-plot <png>', 'draw the learning rate of every step into a file')
      .option('--augmentation-sheet <png>', 'draw training images under each augmentation into a file')
      .option('--json', 'print the plan as one JSON object'),
    'run plan experiments/densenet_gapgmp.yaml --values',
  ).action(async (file: string, overrides: string[], options: PlanArguments) => {
    if (!(await isSweep(file))) return showPlan(output, file, overrides, options);
    refuseForSweep(file, options);
    return showSweep(output, file, overrides, { json: options.json ?? false });
  });
};

/** @throws ExperimentError for options that show one experiment: a sweep has many */
function refuseForSweep(file: string, { json, ...options }: PlanArguments): void {
  const [option] = Object.keys(options);
  if (option === undefined) return;
  const name = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const message = `${name} is for experiments, and ${file} is a sweep`;
  const hint = 'Name its base, with the values of a trial as path=value.';
  throw new ExperimentError([{ code: 'badArgument', path: '', message, hint }]);
}

export async function showPlan(
  { print, printJson, say, style, screen }: Output,
  file: string,
  overrides: readonly string[],
  options: PlanArguments,
): Promise<void> {
  const { compilePlan } = await import('../plan/compile.ts');
  const { schedulePlot, augmentationSheet } = options;
  needPictureFiles({ '--schedule-plot': schedulePlot, '--augmentation-sheet': augmentationSheet });
  const needTable = augmentationSheet !== undefined;
  const { plan, originOf, networkFor } = compilePlan(file, { overrides, needTable });
  if (schedulePlot !== undefined) {
    await writeSchedule(plan, schedulePlot);
    say(`The schedule is in ${schedulePlot}.`);
  }
  if (augmentationSheet !== undefined) {
    const { writeAugmentationSheet } = await import('./augmentation-sheet.ts');
    await writeAugmentationSheet(plan, augmentationSheet, screen);
    say(`The augmentations are drawn in ${augmentationSheet}.`);
  }
  if (options.json) return printJson(plan);
  const { planTable } = await import('../report/tables/plan-table.ts');
  print(planTable(plan, { ...style, values: options.values ?? false, originOf }));
  const { scheduleChart } = await import('../report/pictures/schedule-plot.ts');
  const chart = scheduleChart(plan, style);
  if (chart !== undefined) print(`\n${createColors(style.colour ?? false).bold('Learning rate')}\n${chart}`);
  if (!options.layers) return;
  const { layersTable } = await import('../report/tables/layers-table.ts');
  print(`\n${layersTable(networkFor(plan.settings.stages[0]!), style)}`);
}

/** @throws ExperimentError for every one that could not be written, before anything is computed */
function needPictureFiles(files: Readonly<Record<string, string | undefined>>): void {
  const problems = Object.entries(files).flatMap(([path, file]): Problem[] => {
    if (file === undefined) return [];
    const folder = dirname(file);
    if (!file.endsWith('.png')) {
      const hint = 'Pictures are written as PNG.';
      return [{ code: 'badArgument', path, message: `expected a file that ends in .png, got ${file}`, hint }];
    }
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    const hint = `Make it: mkdir -p ${folder}`;
    return [{ code: 'badArgument', path, message: `expected the folder ${folder}, found none`, hint }];
  });
  if (problems.length > 0) throw new ExperimentError(problems);
}

async function writeSchedule(plan: Plan, file: string): Promise<void> {
  const { schedulePicture } = await import('../report/pictures/schedule-plot.ts');
  const png = await schedulePicture(plan);
  if (png === undefined) {
    const message = 'the steps of an epoch are not known, so there is no schedule to draw';
    const hint = `The table ${plan.locations.table} is absent; without it stepsPerEpoch must be written for each stage.`;
    throw new ExperimentError([{ code: 'badArgument', path: '--schedule-plot', message, hint }]);
  }
  writeFileSync(file, png);
}

interface Validated {
  readonly file: string;
  /** Of the plan, or of the sweep; null where there is a problem. */
  readonly hash: string | null;
  /** Null where there is a problem. */
  readonly tableFound: boolean | null;
  readonly problems: readonly Problem[];
}

async function validate(file: string): Promise<Validated> {
  try {
    const { hash, rows } = (await isSweep(file)) ? await checkSweep(file) : await checkExperiment(file);
    return { file, hash, tableFound: rows !== null, problems: [] };
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return { file, hash: null, tableFound: null, problems: error.problems };
  }
}

/** What a right file comes to: its hash, and the table's rows, null where the table is absent. */
type Valid = Pick<Plan, 'hash'> & Pick<Plan['dataset'], 'rows'>;

/** @throws ExperimentError */
async function checkExperiment(file: string): Promise<Valid> {
  const { compilePlan } = await import('../plan/compile.ts');
  const { hash, dataset } = compilePlan(file).plan;
  return { hash, rows: dataset.rows };
}

/** @throws ExperimentError */
async function checkSweep(file: string): Promise<Valid> {
  const { runsFolder } = await import('../run/folders.ts');
  const { planWithRuns } = await import('../sweep/ledger/open.ts');
  const { hash, space, trials } = planWithRuns(file, runsFolder(), [], false);
  return { hash, rows: space.compile(trials[0]!.point).plan.dataset.rows };
}

export const addValidate: AddCommand = (program, { print, printJson, say }, exit) => {
  withExample(
    program
      .command('validate')
      .description('report every mistake in the files, and train nothing')
      .argument('<files...>', 'experiments and sweeps')
      .option('--json', 'print all problems as one JSON object'),
    'run validate experiments/*.yaml experiments/sweeps/*.yaml',
  ).action(async (files: string[], options: { json?: boolean }) => {
    const results: Validated[] = [];
    for (const file of files) results.push(await validate(file));
    const wrong = results.reduce((sum, { problems }) => sum + problems.length, 0);
    if (wrong > 0) exit(2);
    if (options.json) return printJson({ files: results });
    for (const { file, problems, tableFound } of results) {
      if (problems.length > 0) say(problems.map(formatProblem).join('\n'));
      else
        print(
          `${file}: ok${tableFound ? '' : '; its table is absent, so labels and columns were not checked'}`,
        );
    }
    if (wrong > 0) say(`\n${wrong} ${wrong === 1 ? 'problem' : 'problems'}`);
  });
};
