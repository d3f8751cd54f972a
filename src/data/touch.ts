/** Marks a file of the image cache as used now: its age is what old ones are known by (src/data/stored-caches.ts). */
import { utimesSync } from 'node:fs';

/** A file that others own keeps its age. */
export function touch(file: string): void {
  whereAllowed(() => utimesSync(file, new Date(), new Date()));
}

/** Does what only saves time later, and is left where the cache belongs to others or can only be read. */
export function whereAllowed(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
