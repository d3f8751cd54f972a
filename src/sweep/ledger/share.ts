/** Copies of files that nobody changes. */
import { constants, copyFileSync, linkSync, renameSync } from 'node:fs';

/** All of it or nothing, wherever this process is killed. */
export function copyWhole(from: string, to: string): void {
  copyFileSync(from, `${to}.part`, constants.COPYFILE_FICLONE);
  renameSync(`${to}.part`, to);
}

/** A second name for the same bytes, which nobody changes: a new checkpoint is a new file. */
export function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyWhole(from, to);
  }
}
