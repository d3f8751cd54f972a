/** `run compare SWEEP|RUN…`: trials or runs side by side, as a table and as a page. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AddCommand, withExample } from './command.ts';
import { commandLine } from './interruption.ts';

export interface CompareArguments {
  readonly heads?: boolean;
  readonly html?: string | true;
  readonly json?: boolean;
}

export const addCompare: AddCommand = (program, { print, printJson, say, style }) => {
  withExample(
    program
      .command('compare')
      .description('compare trials or runs: what differs, and their results')
      .argument('<names...>', 'names of sweeps or runs, or the beginnings of names')
      .option('--heads', 'show the scores of each head')
      .option('--html [file]', 'write a page with charts; without a name, into the folder of the sweep')
      .option('--json', 'print the comparison as one JSON object'),
    'run compare small-steps',
    'run compare small-steps --html',
  ).action(async (names: string[], options: CompareArguments) => {
    const { runsFolder } = await import('../run/folders.ts');
    const { readCompared } = await import('../compare/trials.ts');
    const { rowsOf, verdictOf } = await import('../compare/rows.ts');
    const { importanceOf } = await import('../compare/importance.ts');
    const compared = readCompared(runsFolder(), names);
    const rows = rowsOf(compared);
    const verdict = verdictOf(rows, compared.repetition);
    const importance = importanceOf(compared.axes, rows);
    if (options.html !== undefined) {
      const { comparisonPage } = await import('../compare/page.ts');
      const file =
        options.html === true ? join(compared.folder ?? '', 'compare.html') : resolve(options.html);
      const command = commandLine(['compare', ...names, '--html']);
      const page = await comparisonPage({ compared, rows, verdict, importance }, { at: new Date(), command });
      writeFileSync(file, page);
      say(`The page is in ${file}`);
    }
    if (options.json)
      printJson({
        names: compared.names,
        metric: compared.metric,
        axes: compared.axes,
        repetition: compared.repetition,
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
