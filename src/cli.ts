/**
 * Arguments to commands. The only place that writes to standard output and sets the exit code: 0 done, 1 the run
 * failed, 2 the input is wrong, 130 interrupted. Results go to standard output, everything else to standard error.
 */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { addCache } from './commands/cache.ts';
import type { AddCommand, ExitCode, Output } from './commands/command.ts';
import { addCompare } from './commands/compare.ts';
import { addDoctor } from './commands/doctor.ts';
import { jsonChunks } from './commands/json-text.ts';
import { addList } from './commands/list.ts';
import { addLrFind } from './commands/lr-find.ts';
import { addSync, addUi } from './commands/mlflow.ts';
import { addEvaluate } from './commands/model/evaluate.ts';
import { addExport } from './commands/model/export.ts';
import { addPredict } from './commands/model/predict.ts';
import { addServe } from './commands/model/serve.ts';
import { addPlan, addValidate } from './commands/plan.ts';
import { addBest, addSweep } from './commands/sweep/sweep.ts';
import { addSweepDiff } from './commands/sweep/sweep-diff.ts';
import { addTrial } from './commands/sweep/trial.ts';
import { addWorker } from './commands/sweep/worker.ts';
import { addTrain } from './commands/train.ts';
import { ExperimentError, formatProblems, RunError } from './errors.ts';
import { diskError } from './machine/disk-error.ts';
import { withoutLogins, withoutSecrets } from './secrets.ts';
import { forTerminal } from './words.ts';

const HELP_END = `
Before the first run:
  run setup                             install TensorFlow; --gpu, --cpu, --mlflow

Training:
  run FILE [path=value…]                train the experiment in FILE; values given here
                                        replace those of the file
    --resume                            continue the newest unfinished run of this plan
    --anyway                            with --resume: start a new run where its data have changed
    --dry-run                           show the plan and train nothing
    --json                              print the result as one JSON object

Examples:
  run experiments/quickstart.yaml
  run experiments/quickstart.yaml optimizer.learningRate=0.01 'stages[small].epochs=2'

Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 130 interrupted.
From a clone that is not installed the command is \`npx run\`.`;

/** In the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addTrain,
  addPredict,
  addServe,
  addSweep,
  addWorker,
  addSweepDiff,
  addBest,
  addCompare,
  addEvaluate,
  addExport,
  addPlan,
  addValidate,
  addLrFind,
  addList,
  addUi,
  addSync,
  addCache,
  addDoctor,
  addTrial,
];

const { version: VERSION } = createRequire(import.meta.url)('../package.json') as { version: string };
const isTerminal = process.stdout.isTTY === true;
const isScreen = process.stderr.isTTY === true;
/** A pipe gets the words as they are; a terminal would obey the escapes in them. */
const shown = (text: string): string => (isTerminal ? forTerminal(withoutLogins(text)) : withoutLogins(text));
const output: Output = {
  print: (text) => void process.stdout.write(`${shown(text)}\n`),
  printJson: (value) => {
    for (const chunk of jsonChunks(value)) process.stdout.write(shown(chunk));
    process.stdout.write('\n');
  },
  say: (text) => void process.stderr.write(`${forTerminal(withoutLogins(text))}\n`),
  style: {
    terminal: isTerminal,
    colour: isTerminal && pc.isColorSupported,
    // A pseudo-terminal without a size says 0.
    columns: isTerminal && process.stdout.columns > 0 ? process.stdout.columns : undefined,
  },
  screen: {
    stream: process.stderr,
    terminal: isScreen,
    columns: () => process.stderr.columns ?? 80,
    colour: isScreen && pc.isColorSupported,
  },
  endNow: (code) => process.exit(code),
};

const program = new Command('run')
  .description('Experiments on multi-attribute image classifiers, written as YAML.')
  .usage('FILE [path=value…]\n       run COMMAND …')
  .version(VERSION, '--version', 'the version of this program')
  .addHelpText('after', HELP_END)
  .showHelpAfterError('(run --help shows what there is)')
  .exitOverride();
for (const add of COMMANDS) {
  add(program, output, (code: ExitCode) => {
    process.exitCode = code;
  });
}

/** One text for whatever went wrong, without a stack trace unless the mistake is our own. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ExperimentError) {
    const { problems } = error;
    output.say(formatProblems(problems));
    if (problems.length > 1) output.say(`\n${problems.length.toLocaleString('en-US')} problems`);
    return 2;
  }
  const failure = error instanceof RunError ? error : diskError(error);
  if (failure !== undefined) {
    output.say(
      withoutSecrets(`failed: ${failure.message}${failure.hint === undefined ? '' : `\n  ${failure.hint}`}`),
    );
    return 1;
  }
  output.say(withoutSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return 1;
}

// A reader that closes the pipe (`run list | head`) has seen what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  if (error.code !== 'EIO') throw error;
});

// A terminal that was closed takes no more words; the checkpoint is still to be written.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EIO' && error.code !== 'EPIPE') throw error;
});

try {
  if (process.argv.length <= 2) program.help({ error: true });
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
