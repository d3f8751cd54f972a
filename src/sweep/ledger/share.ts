/** Copies of files that nobody changes. */
import { constants, copyFileSync, linkSync } from 'node:fs';
import { writeThrough } from '../../machine/whole.mjs';

/** All of it or nothing, wherever this process is killed. */
export function copyWhole(from: string, to: string): void {
  writeThrough(to, (part) => copyFileSync(from, part, constants.COPYFILE_FICLONE));
}

/** A second name for the same bytes, which nobody changes: a new checkpoint is a new file. */
export function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyWhole(from, to);
  }
}
