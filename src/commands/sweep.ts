/** `run sweep FILE`: many trials of one experiment, planned first. */
import { type AddCommand, type Output, withExample } from './command.ts';

export interface SweepArguments {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

export const addSweep: AddCommand = (program, output) => {
  withExample(
    program
      .command('sweep')
      .description('plan the trials of a sweep file')
      .argument('<file>', 'sweep')
      .argument('[overrides...]', 'values that stand in for those of the file')
      .requiredOption('--dry-run', 'show every trial with its cost, and run nothing')
      .option('--all', 'show every trial of a long plan')
      .option('--json', 'print the plan as one JSON object'),
    'run sweep experiments/sweeps/backbones.yaml --dry-run',
  ).action((file: string, overrides: string[], options: SweepArguments) =>
    showSweep(output, file, overrides, options),
  );
};

async function showSweep(
  { print, printJson, style }: Output,
  file: string,
  overrides: readonly string[],
  options: SweepArguments,
): Promise<void> {
  const { planSweep } = await import('../sweep/plan.ts');
  const { previewSweep } = await import('../sweep/preview.ts');
  const { recentResults } = await import('../sweep/known.ts');
  const { speedOf } = await import('../sweep/price.ts');
  const { runsFolder } = await import('../runs.ts');
  const runs = runsFolder();
  const plan = planSweep(file, { overrides, speed: speedOf(recentResults(runs)) });
  const preview = previewSweep(plan, runs);
  if (options.json) return printJson(preview);
  const { sweepTable } = await import('../report/sweep-table.ts');
  print(sweepTable(preview, options.all ?? false, style));
}
