/**
 * Arguments to commands. The only place that prints results and sets the exit code: 0 done, 1 the run failed, 2 the
 * input is wrong, 130 interrupted. Results go to standard output, everything else to standard error.
 */
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { ExperimentError, formatProblem, RunError } from './errors.ts';

const EXIT = { done: 0, failed: 1, wrongInput: 2, interrupted: 130 } as const;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const printJson = (value: unknown): void => print(JSON.stringify(value));

/** Parts of a command's help that follow its options. */
function example(command: Command, ...lines: string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

const program = new Command('run')
  .description('Experiments on multi-attribute image classifiers, written as YAML.')
  .usage('FILE [path=value…] | COMMAND')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

example(
  program
    .command('train', { isDefault: true, hidden: true })
    .description('train the experiment in FILE')
    .usage('FILE [path=value…] [options]')
    .argument('<file>', 'experiment, as experiments/quickstart.yaml')
    .argument('[overrides...]', 'values that stand in for those of the file, as stages[0].epochs=2')
    .option('--resume', 'go on with the newest run of this plan that was not finished')
    .option('--dry-run', 'show the plan and train nothing')
    .option('--json', 'print the result as one JSON object'),
  'run experiments/quickstart.yaml',
  'run experiments/quickstart.yaml optimizer.learningRate=0.01 stages[small].epochs=2',
).action(
  async (
    file: string,
    overrides: string[],
    options: { resume?: boolean; dryRun?: boolean; json?: boolean },
  ) => {
    if (options.dryRun) return showPlan(file, overrides, options);
    const { runExperiment } = await import('./run.ts');
    const { createProgress } = await import('./report/progress.ts');
    const { stageTable, resultsTable } = await import('./report/results-table.ts');
    const progress = createProgress(process.stderr, {
      terminal: process.stderr.isTTY === true,
      columns: () => process.stderr.columns ?? 80,
      colour: pc.isColorSupported,
    });
    const outcome = await runExperiment(file, {
      overrides,
      resume: options.resume ?? false,
      signal: interruption(progress.note),
      progress,
    }).finally(() => progress.close());

    if (options.json) printJson(outcome);
    if (outcome.status === 'interrupted') {
      const again = ['run', file, ...overrides]
        .map((word) => (/[\s"'$&|<>*?[\](){};]/.test(word) ? `'${word}'` : word))
        .join(' ');
      say(`\nStopped; a checkpoint is in ${outcome.directory}. To go on:\n  ${again} --resume`);
      process.exitCode = EXIT.interrupted;
      return;
    }
    if (options.json) return;
    const style = { terminal: process.stdout.isTTY === true };
    print(`\n${stageTable(outcome.stages, style)}\n\n${resultsTable(outcome.metrics!, style)}`);
    print(`\nThe run is in ${outcome.directory}. To see it in MLflow:\n  npx run ui ${outcome.runId}`);
  },
);

example(
  program
    .command('validate')
    .description('find every error of every file, and train nothing')
    .argument('<files...>', 'experiments')
    .option('--json', 'print all problems as one JSON object'),
  'run validate experiments/*.yaml',
).action(async (files: string[], options: { json?: boolean }) => {
  const { compilePlan } = await import('./plan/compile.ts');
  const results = files.map((file) => {
    try {
      const { plan } = compilePlan(file);
      return { file, problems: [], hash: plan.hash, tableFound: plan.settings.dataset.tableDigest !== null };
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      return { file, problems: error.problems, hash: null, tableFound: null };
    }
  });
  if (options.json) printJson({ files: results });
  else {
    for (const { file, problems, tableFound } of results) {
      if (problems.length > 0) say(problems.map(formatProblem).join('\n'));
      else
        print(
          `${file}: ok${tableFound ? '' : ' (its table is absent, so labels and columns were not checked)'}`,
        );
    }
  }
  const wrong = results.reduce((sum, { problems }) => sum + problems.length, 0);
  if (wrong > 0) process.exitCode = EXIT.wrongInput;
  if (wrong > 0 && !options.json) say(`\n${wrong} ${wrong === 1 ? 'problem' : 'problems'}`);
});

async function showPlan(
  file: string,
  overrides: string[],
  options: { json?: boolean; values?: boolean; layers?: boolean },
): Promise<void> {
  const { compilePlan } = await import('./plan/compile.ts');
  const compiled = compilePlan(file, { overrides });
  if (options.json) {
    printJson(compiled.plan);
    return;
  }
  const { planTable, layersTable } = await import('./report/plan-table.ts');
  const style = { terminal: process.stdout.isTTY === true };
  print(planTable(compiled.plan, { ...style, values: options.values ?? false, originOf: compiled.originOf }));
  if (options.layers)
    print(`\n${layersTable(compiled.networkFor(compiled.plan.stages[0]!.imageSize), style)}`);
}

example(
  program
    .command('plan')
    .description('show what FILE comes to: stages, shapes, parameters, costs')
    .argument('<file>', 'experiment')
    .argument('[overrides...]', 'values that stand in for those of the file')
    .option('--values', 'every resolved value, and where it comes from')
    .option('--layers', 'every layer of the network')
    .option('--json', 'print the plan as one JSON object'),
  'run plan experiments/densenet_gapgmp.yaml --values',
).action(showPlan);

example(
  program
    .command('list')
    .description('the runs, oldest first')
    .option('--json', 'print them as one JSON object'),
  'run list',
).action(async (options: { json?: boolean }) => {
  const { listRuns, runsFolder } = await import('./runs.ts');
  const { runsTable } = await import('./report/runs-table.ts');
  const runs = listRuns(runsFolder());
  if (options.json) printJson({ runs });
  else
    print(
      runs.length === 0
        ? 'No run has been made yet.'
        : runsTable(runs, { terminal: process.stdout.isTTY === true }),
    );
});

example(
  program
    .command('ui')
    .description('open the MLflow page: a private server on this machine, or the configured one')
    .argument('[run]', 'the run to show, by its name or the beginning of it')
    .option('--stop', 'stop the private server')
    .option('--json', 'print the address as one JSON object'),
  'run ui',
).action(async (name: string | undefined, options: { stop?: boolean; json?: boolean }) => {
  const { findRun, runsFolder } = await import('./runs.ts');
  const { openUi, stopUi } = await import('./track/ui.ts');
  const runs = runsFolder();
  if (options.stop) {
    const stopped = await stopUi(runs);
    if (options.json) printJson({ stopped });
    else print(stopped ? 'The MLflow server was stopped.' : 'No MLflow server was running.');
    return;
  }
  const runId = name === undefined ? undefined : findRun(runs, name).split('/').at(-1)!;
  const { url } = await openUi({ runsFolder: runs, runId, notify: say });
  if (options.json) printJson({ url });
  else print(url);
});

example(
  program
    .command('sync')
    .description('send what an MLflow server does not have yet')
    .argument('[runs...]', 'runs, by name or the beginning of it; all without any')
    .option('--uri <address>', 'the server; without it MLFLOW_TRACKING_URI')
    .option('--json', 'print the outcome as one JSON object'),
  'MLFLOW_TRACKING_URI=https://mlflow.example.org run sync',
).action(async (names: string[], options: { uri?: string; json?: boolean }) => {
  const { findRun, runsFolder } = await import('./runs.ts');
  const { chooseTarget, parseTarget } = await import('./track/mlflow.ts');
  const { syncRuns } = await import('./track/sync.ts');
  const target = options.uri ? parseTarget(options.uri, '--uri') : chooseTarget(null);
  if (target === undefined) {
    const message = 'no MLflow server is named';
    throw new ExperimentError([
      {
        code: 'badArgument',
        path: '',
        message,
        hint: 'Set MLFLOW_TRACKING_URI or give --uri; `run ui` needs neither.',
      },
    ]);
  }
  const runs = runsFolder();
  const chosen = names.length === 0 ? 'all' : names.map((name) => findRun(runs, name).split('/').at(-1)!);
  const synced = await syncRuns(runs, chosen, target, { run: () => undefined, notify: say });
  if (options.json) printJson({ runs: synced });
  else
    for (const { runId, outcome, left } of synced)
      print(`${runId}: ${outcome}${left > 0 ? `, ${left} events left` : ''}`);
  if (synced.some(({ left }) => left > 0)) process.exitCode = EXIT.failed;
});

example(
  program
    .command('doctor')
    .description('what this machine has, what is missing, and the line that fixes it')
    .option('--json', 'print the checks as one JSON object'),
  'run doctor',
).action(async (options: { json?: boolean }) => {
  const { diagnose } = await import('./runtime/doctor.ts');
  const checks = await diagnose();
  if (options.json) printJson({ checks });
  else {
    for (const { name, ok, found, fix } of checks) {
      const mark = ok === true ? pc.green('ok') : ok === 'optional' ? pc.yellow('--') : pc.red('no');
      print(`${mark}  ${name}: ${found}${fix === undefined ? '' : `\n      ${fix}`}`);
    }
  }
  if (checks.some(({ ok }) => ok === false)) process.exitCode = EXIT.failed;
});

/** The first signal asks the run to stop after its step, the second ends the process. */
function interruption(note: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      note('Stopping after this step, with a checkpoint. Once more to stop at once, without one.');
      controller.abort();
    });
  }
  return controller.signal;
}

/** One text for whatever went wrong, without a stack trace unless it is our own mistake. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  if (error instanceof ExperimentError) {
    say(error.problems.map(formatProblem).join('\n'));
    if (error.problems.length > 1) say(`\n${error.problems.length} problems`);
    return EXIT.wrongInput;
  }
  if (error instanceof RunError) {
    say(`${pc.red('failed:')} ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`);
    return EXIT.failed;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
