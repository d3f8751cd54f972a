/** What the system answers about files, as one sentence: which place, what is wrong, what to do. */
import { RunError } from '../errors.ts';

const FREE = 'Free some. MANYHEADS_RUNS and MANYHEADS_CACHE may name folders on another disk.';

/** By code, what is wrong with a place, and what to do. */
const sentences: ReadonlyMap<string, (place: string) => readonly [message: string, hint: string]> = new Map([
  ['ENOSPC', (place) => [`there is no room left on the disk of ${place}`, FREE]],
  ['EDQUOT', (place) => [`the quota of the disk of ${place} is used up`, FREE]],
  ['EROFS', (place) => [`${place} is on a disk that can only be read`, 'Choose another place.']],
  ['EACCES', (place) => [`no permission for ${place}`, 'Change its permissions, or choose another place.']],
  ['EPERM', (place) => [`no permission for ${place}`, 'Change its permissions, or choose another place.']],
  ['ENOENT', (place) => [`${place} is not there`, 'It was removed, or was never there.']],
  [
    'ENOTDIR',
    (place) => [`${place} leads through something that is no folder`, 'Look at each part of its path.'],
  ],
  ['EEXIST', (place) => [`${place} is there already, and is something else`, 'Move it away.']],
  ['EISDIR', (place) => [`expected a file, found the folder ${place}`, 'Move it away.']],
  ['EMFILE', (place) => [`too many files are open for ${place}`, 'Raise the limit: ulimit -n.']],
  ['EIO', (place) => [`the disk of ${place} does not work`, 'Look at the log of the system.']],
]);

/**
 * @param where the place that is named where the system names none
 * @returns undefined where it is not the system's answer about a file
 */
export function diskError(error: unknown, where = 'a file'): RunError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const sentence = sentences.get(code);
  if (sentence === undefined) return undefined;
  const [message, hint] = sentence(path ?? where);
  return new RunError(`${message} (${code})`, { hint, cause: error });
}
