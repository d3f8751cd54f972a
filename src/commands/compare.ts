/** `run compare SWEEP|RUN…`: trials or runs side by side. */
import { type AddCommand, withExample } from './command.ts';

export interface CompareArguments {
  readonly heads?: boolean;
  readonly json?: boolean;
}

export const addCompare: AddCommand = (program, { print, printJson, style }) => {
  withExample(
    program
      .command('compare')
      .description('show trials or runs side by side: what differs and what came of it')
      .argument('<names...>', 'sweeps or runs, or the beginnings of their names')
      .option('--heads', 'show the scores of each head')
      .option('--json', 'print the comparison as one JSON object'),
    'run compare small-steps',
  ).action(async (names: string[], options: CompareArguments) => {
    const { runsFolder } = await import('../runs.ts');
    const { readCompared } = await import('../compare/trials.ts');
    const { rowsOf, verdictOf } = await import('../compare/rows.ts');
    const { importanceOf } = await import('../compare/importance.ts');
    const compared = readCompared(runsFolder(), names);
    const rows = rowsOf(compared);
    const verdict = verdictOf(rows);
    const importance = importanceOf(compared.axes, rows);
    if (options.json)
      printJson({
        names: compared.names,
        metric: compared.metric,
        axes: compared.axes,
        rows,
        verdict,
        importance,
      });
    else {
      const { comparisonTable } = await import('../compare/table.ts');
      print(comparisonTable({ compared, rows, verdict, importance }, options.heads ?? false, style));
    }
  });
};
