/** JSON files that are there whole or not at all, whenever the process or the machine stops. */
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Written to a second name and renamed, so that a reader finds all of it or nothing. */
export function writeWhole(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}.part`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, file);
}

/**
 * As `writeWhole`, where the first one stands.
 * @returns whether this one does; false where another was first
 */
export function writeOnce(file: string, value: unknown): boolean {
  const temporary = `${file}.${process.pid}.part`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  try {
    // A link fails where the name is taken, which a rename does not.
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}
