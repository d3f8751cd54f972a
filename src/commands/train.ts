/** `run FILE`: trains the experiment in a file. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ExperimentError } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import { namesHint } from '../file/names.ts';
import { type AddCommand, withExample } from './command.ts';
import { commandLine, interruption } from './interruption.ts';
import { showPlan } from './plan.ts';
import { isSweep } from './sweep/is-sweep.ts';
import { addSweepOptions, type SweepArguments, startSweep, sweepOption } from './sweep/sweep.ts';

export const addTrain: AddCommand = (program, output, exit) => {
  const command = withExample(
    program
      .command('train', { isDefault: true, hidden: true })
      .description('train the experiment in FILE')
      .usage('FILE [path=value…] [options]')
      .argument('<file>', 'experiment, as experiments/quickstart.yaml')
      .argument('[overrides...]', 'values that replace those of the file, as stages[0].epochs=2')
      .option('--resume', 'continue the newest unfinished run of this plan')
      .option('--anyway', 'with --resume: start a new run where the data of that one have changed')
      .option('--dry-run', 'show the plan and train nothing')
      .option('--json', 'print the result as one JSON object'),
    'run experiments/quickstart.yaml',
    "run experiments/quickstart.yaml optimizer.learningRate=0.01 'stages[0].epochs=2'",
  );
  addSweepOptions(command).action(
    async (file: string, overrides: string[], options: SweepArguments & { readonly anyway?: boolean }) => {
      if (/^[a-z]+$/.test(file) && !existsSync(file)) throw noCommand(file, program);
      const isOfSweep = await isSweep(file);
      if (options.anyway && (isOfSweep || !options.resume)) {
        const message = `--anyway goes with --resume${isOfSweep ? ` of an experiment, and ${file} is a sweep` : ''}`;
        throw new ExperimentError([{ code: 'badArgument', path: '', message }]);
      }
      if (isOfSweep) return startSweep(output, exit, file, overrides, options);
      const misplaced = sweepOption(options);
      if (misplaced !== undefined) {
        const message = `${misplaced} is for sweeps, and ${file} is an experiment`;
        throw new ExperimentError([{ code: 'badArgument', path: '', message }]);
      }
      if (options.dryRun) return showPlan(output, file, overrides, options);
      const { packageModel } = await import('../export/mlflow/package.ts');
      const { runExperiment } = await import('../run/experiment.ts');
      const { createProgress } = await import('../report/progress/progress.ts');
      const { resultsTable, stagesTable } = await import('../report/tables/results-table.ts');
      const progress = createProgress(output.screen.stream, output.screen);
      const outcome = await runExperiment(file, {
        overrides,
        resume: options.resume ?? false,
        anyway: options.anyway ?? false,
        signal: interruption(output.endNow, progress.note, 'Stopping after this step, with a checkpoint.'),
        progress,
        packageModel,
      }).finally(() => progress.close());

      const { print, say, style } = output;
      const folder = displayPath(resolve(outcome.directory));
      if (options.json) output.printJson(outcome);
      if (outcome.status === 'interrupted') {
        say(
          `Stopped; a checkpoint is in ${folder}. To go on:\n  ${commandLine([file, ...overrides])} --resume`,
        );
        exit(130);
      } else if (!options.json) {
        print(`\n${stagesTable(outcome.stages, style)}\n\n${resultsTable(outcome.metrics!, style)}`);
        print(`\nThe run is in ${folder}. To see it in MLflow:\n  npx run ui ${outcome.runId}`);
      }
    },
  );
};

/** A word that is neither a command nor a file: more likely a mistyped command. */
function noCommand(word: string, program: Command): ExperimentError {
  const names = program.commands.map((command) => command.name()).filter((name) => name !== 'train');
  const message = `there is no command "${word}", and no file of that name`;
  return new ExperimentError([
    { code: 'badArgument', path: '', message, hint: namesHint(word, names, 'The commands') },
  ]);
}
