/** What a trial repeats others by: the same combination with other random numbers, or validated on other rows. */

/** Path in an experiment of the number of the fold. */
export const FOLD_PATH = 'dataset.split.fold';

/** Whether trials that differ in the value at this path alone repeat each other. */
export function isRepetition(path: string): boolean {
  return path === 'seed' || path === FOLD_PATH;
}
