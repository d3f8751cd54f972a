/**
 * A lock file: made whole or not at all, by one process; a lock whose process is gone is taken over.
 */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { fate, ownMark, type ProcessMark } from '../machine/process-mark.ts';

export interface Lock {
  release(): void;
}

let count = 0;

/** @returns the lock, or nothing while a living process holds it */
export function takeLock(file: string): Lock | undefined {
  const draft = `${file}.${process.pid}.${count++}`;
  const own = JSON.stringify({ ...ownMark(), id: draft });
  writeFileSync(draft, own);
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // link(2) fails where the name exists and, unlike opening it, never shows a file without its content.
        linkSync(draft, file);
        return { release: () => removeIf(file, own) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const held = read(file);
      if (held === undefined) continue;
      if (fate(JSON.parse(held) as ProcessMark) !== 'gone') return undefined;
      removeIf(file, held);
    }
    return undefined;
  } finally {
    unlinkSync(draft);
  }
}

/** Removes a lock that is still the one that was looked at; one made meanwhile is put back. */
function removeIf(file: string, content: string): void {
  const aside = `${file}.${process.pid}.${count++}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (read(aside) !== content) linkSync(aside, file);
  } finally {
    unlinkSync(aside);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
