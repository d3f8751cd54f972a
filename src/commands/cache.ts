/** `run cache`: the decoded images of this machine, and the removal of those that no run has used for long. */
import { InvalidArgumentError } from 'commander';
import { type AddCommand, withExample } from './command.ts';

export const addCache: AddCommand = (program, { print, printJson, style }) => {
  withExample(
    program
      .command('cache')
      .description('show the caches of decoded images, and remove old ones')
      .option('--remove-unused <days>', 'remove caches that no run has used for this many days', readDays)
      .option('--json', 'print them as one JSON object'),
    'run cache',
    'run cache --remove-unused 30',
  ).action(async (options: { removeUnused?: number; json?: boolean }) => {
    const { join } = await import('node:path');
    const { cacheFolder } = await import('../machine/cache-folder.mjs');
    const { listCaches, removeUnusedCaches } = await import('../data/stored-caches.ts');
    const { cachesTable, totalOf } = await import('../report/tables/caches-table.ts');
    const folder = join(cacheFolder(), 'images');
    const removed =
      options.removeUnused === undefined ? [] : await removeUnusedCaches(folder, options.removeUnused);
    const caches = listCaches(folder);
    if (options.json) {
      printJson({ folder, caches, removed });
      return;
    }
    if (options.removeUnused !== undefined) print(`Removed: ${totalOf(removed)}.`);
    print(caches.length === 0 ? `No image is cached in ${folder}.` : cachesTable(caches, style));
    if (caches.length > 0) print(`${totalOf(caches)} in ${folder}`);
  });
};

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1) return days;
  throw new InvalidArgumentError(`Expected a whole number of days, at least 1, got ${text}.`);
}
