/** `run lr-find FILE`: which learning rates a stage can be trained with. */
import { writeFileSync } from 'node:fs';
import pc from 'picocolors';
import { ExperimentError, type Problem } from '../errors.ts';
import { type AddCommand, withExample } from './command.ts';
import { commandLine, interruption } from './interruption.ts';

interface LrFindArguments {
  readonly from: string;
  readonly to: string;
  readonly steps: string;
  readonly stage?: string;
  readonly plot?: string;
  readonly json?: boolean;
}

/** Fewer points than this are no curve. */
const FEWEST_STEPS = 10;

export const addLrFind: AddCommand = (program, { print, printJson, say, style }, exit) => {
  withExample(
    program
      .command('lr-find')
      .description('train a few steps at rising learning rates, and suggest one')
      .argument('<file>', 'experiment')
      .argument('[overrides...]', 'values that replace those of the file')
      .option('--from <rate>', 'the first learning rate', '1e-7')
      .option('--to <rate>', 'the last learning rate', '10')
      .option('--steps <count>', 'training steps; with accumulateGradients, updates', '100')
      .option('--stage <name>', 'the stage, by name or number; without it the first')
      .option('--plot <png>', 'draw the losses into a file')
      .option('--json', 'print losses and suggestion as one JSON object'),
    'run lr-find experiments/quickstart.yaml --plot rates.png',
  ).action(async (file: string, overrides: string[], options: LrFindArguments) => {
    const range = readRange(options);
    const { findLearningRate } = await import('../run/lr-find.ts');
    const { createProgress } = await import('../report/progress/progress.ts');
    const { Interrupted } = await import('../train/events.ts');
    const terminal = process.stderr.isTTY === true;
    const progress = createProgress(process.stderr, {
      terminal,
      columns: () => process.stderr.columns ?? 80,
      colour: terminal && pc.isColorSupported,
    });
    const signal = interruption(progress.note, 'Stopping after this step.', 'Once more to stop at once.');
    const { stage } = options;
    let outcome: Awaited<ReturnType<typeof findLearningRate>>;
    try {
      outcome = await findLearningRate(file, { ...range, overrides, stage, signal, progress });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      say('Stopped; nothing is left behind.');
      return exit(130);
    } finally {
      progress.close();
    }
    const { lrFindChart, lrFindPicture } = await import('../report/pictures/lr-find-plot.ts');
    if (options.plot !== undefined && outcome.points.length > 0) {
      writeFileSync(options.plot, await lrFindPicture(outcome));
      say(`The losses are drawn in ${options.plot}.`);
    }
    if (options.json) return printJson(outcome);
    const { formatLearningRate } = await import('../report/text/format.ts');
    const { points, diverged, suggestion, key } = outcome;
    const { bold } = pc.createColors(style.colour ?? false);
    print(bold(`Loss by learning rate, stage ${outcome.stage}`));
    if (points.length > 0) print(lrFindChart(outcome, style));
    if (diverged) {
      const last = points.at(-1);
      print(
        last === undefined
          ? 'The loss was not finite at the first learning rate; give a lower one with --from.'
          : `\nThe loss diverged at ${formatLearningRate(last.learningRate)}.`,
      );
    }
    if (suggestion === null) {
      return print('The loss fell nowhere, so there is no rate to suggest; try other rates, or more steps.');
    }
    const steepest = formatLearningRate(suggestion.steepest);
    print(
      `\nIt fell fastest at ${steepest}; a tenth of the rate with the lowest loss is ${formatLearningRate(suggestion.minimumOverTen)}.`,
    );
    print(`To train with the first:\n  ${commandLine([file, ...overrides, `${key}=${steepest}`])}`);
  });
};

/** @throws ExperimentError with all that is wrong */
function readRange({ from, to, steps }: LrFindArguments): { from: number; to: number; updates: number } {
  const problems: Problem[] = [];
  const wrong = (path: string, message: string): void => {
    problems.push({ code: 'badArgument', path, message });
  };
  const range = { from: Number(from), to: Number(to), updates: Number(steps) };
  for (const [path, text, value] of [
    ['--from', from, range.from],
    ['--to', to, range.to],
  ] as const) {
    if (!(Number.isFinite(value) && value > 0)) wrong(path, `expected a learning rate above 0, got ${text}`);
  }
  if (problems.length === 0 && range.from >= range.to)
    wrong('--to', `expected a learning rate above that of --from, ${from}, got ${to}`);
  if (!(Number.isInteger(range.updates) && range.updates >= FEWEST_STEPS))
    wrong('--steps', `expected a whole number of at least ${FEWEST_STEPS}, got ${steps}`);
  if (problems.length > 0) throw new ExperimentError(problems);
  return range;
}
