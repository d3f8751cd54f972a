/** `run list`: the runs of this folder. */
import { type AddCommand, withExample } from './command.ts';

export const addList: AddCommand = (program, { print, printJson, say, style }) => {
  withExample(
    program
      .command('list')
      .description('list the runs, oldest first')
      .option('--json', 'print them as one JSON object'),
    'run list',
  ).action(async (options: { json?: boolean }) => {
    const { listRuns, runsFolder } = await import('../run/folders.ts');
    const { runsTable } = await import('../report/tables/runs-table.ts');
    const damaged: { runId: string; message: string; hint: string | undefined }[] = [];
    const runs = listRuns(runsFolder(), (runId, { message, hint }) => damaged.push({ runId, message, hint }));
    if (options.json) printJson({ runs, damaged });
    else if (runs.length > 0) print(runsTable(runs, style));
    else if (damaged.length === 0) print('No run has been made yet.');
    for (const { message, hint } of damaged) say(`${message}\n  ${hint}`);
  });
};
