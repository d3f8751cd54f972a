/** `run sweep-diff A B`: what two sweeps have in common. */
import { type AddCommand, withExample } from '../command.ts';

export const addSweepDiff: AddCommand = (program, { print, printJson }) => {
  withExample(
    program
      .command('sweep-diff')
      .description('show which trials two sweeps have in common')
      .argument('<first>', 'a sweep file, or the name of a sweep that was started')
      .argument('<second>', 'another one')
      .option('--json', 'print the trials as one JSON object'),
    'run sweep-diff backbones-1f2e3d4c experiments/sweeps/backbones.yaml',
  ).action(async (first: string, second: string, options: { json?: boolean }) => {
    const { runsFolder } = await import('../../run/folders.ts');
    const { plannedTrials } = await import('../../sweep/ledger/open.ts');
    const { diffTrials } = await import('../../sweep/ledger/diff.ts');
    const runs = runsFolder();
    const diff = diffTrials(plannedTrials(first, runs), plannedTrials(second, runs));
    if (options.json) return printJson(diff);
    const { formatHash, formatNumberOf } = await import('../../report/text/format.ts');
    for (const [title, trials] of [
      [`only in ${first}`, diff.onlyFirst],
      [`only in ${second}`, diff.onlySecond],
      ['in both', diff.both],
    ] as const) {
      print(`${formatNumberOf(trials.length, 'trial')} ${title}`);
      for (const { hash, label } of trials) print(`  ${formatHash(hash)}  ${label}`);
    }
  });
};
