// Files that are there whole or not at all, whenever the process or the machine stops. Plain JavaScript, because the bootstrap
// needs it.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * @typedef {object} Durability
 * @property {boolean} [isHasty] not to wait for the disk, where what was there before does as well if the machine stops
 */

/**
 * Has a file written under a second name beside it, waits until it is on the disk, and renames it: a reader finds all of it or
 * what was there before.
 * @param {string} file
 * @param {(part: string) => void} write makes the file of this name
 * @param {Durability} [durability]
 */
export function writeThrough(file, write, { isHasty = false } = {}) {
  const part = partOf(file);
  try {
    write(part);
    if (!isHasty) flush(part);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {Durability} [durability]
 */
export function writeWholeText(file, content, durability) {
  writeThrough(file, (part) => writeFileSync(part, content), durability);
}

/**
 * @param {string} file
 * @param {unknown} value as JSON
 * @param {Durability} [durability]
 */
export function writeWhole(file, value, durability) {
  writeWholeText(file, jsonText(value), durability);
}

/**
 * As `writeWhole`, where the first one stands.
 * @param {string} file
 * @param {unknown} value as JSON
 * @returns {boolean} whether this one does; false where another was first
 */
export function writeOnce(file, value) {
  const part = partOf(file);
  try {
    writeFileSync(part, jsonText(value));
    flush(part);
    // A link fails where the name is taken, which a rename does not.
    linkSync(part, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(part, { force: true });
  }
}

/**
 * Puts a symbolic link in place of whatever file or link has the name, in one step.
 * @param {string} target
 * @param {string} path
 */
export function placeLink(target, path) {
  const part = partOf(path);
  symlinkSync(target, part);
  try {
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/**
 * Gives a file that nobody changes a second name, in place of whatever file has it. Where there are no second names, as on
 * FAT and some network drives, it is copied.
 * @param {string} from
 * @param {string} to
 */
export function giveSecondName(from, to) {
  const part = partOf(to);
  try {
    linkSync(from, part);
  } catch {
    writeThrough(to, (copy) => copyFileSync(from, copy));
    return;
  }
  try {
    renameSync(part, to);
  } finally {
    // A rename from one name of a file to another does nothing, and leaves both.
    rmSync(part, { force: true });
  }
}

/**
 * Removes what processes that were killed have left half written of a file. The caller makes sure that none writes it now.
 * @param {string} file
 */
export function removeParts(file) {
  const start = `${basename(file)}.`;
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(start) && PART.test(name.slice(start.length - 1)))
      rmSync(join(dirname(file), name), { force: true });
  }
}

/** What `partOf` appends. */
const PART = /^\.\d+\.[0-9a-f]{8}\.part$/;

/** @param {string} file */
const partOf = (file) => `${file}.${process.pid}.${randomUUID().slice(0, 8)}.part`;

/** @param {unknown} value */
const jsonText = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** @param {string} file */
function flush(file) {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
