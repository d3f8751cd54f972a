/** `run list`: the runs of this folder. */
import { type AddCommand, withExample } from './command.ts';

export const addList: AddCommand = (program, { print, printJson, style }) => {
  withExample(
    program
      .command('list')
      .description('list the runs, oldest first')
      .option('--json', 'print them as one JSON object'),
    'run list',
  ).action(async (options: { json?: boolean }) => {
    const { listRuns, runsFolder } = await import('../run/folders.ts');
    const { runsTable } = await import('../report/tables/runs-table.ts');
    const runs = listRuns(runsFolder());
    if (options.json) printJson({ runs });
    else print(runs.length === 0 ? 'No run has been made yet.' : runsTable(runs, style));
  });
};
