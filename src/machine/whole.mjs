// Files that are there whole or not at all, whenever the process or the machine stops. Plain JavaScript, because the bootstrap
// needs it.
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
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
    if (!isHasty) flush(dirname(file));
  } catch (error) {
    rmSync(part, { force: true });
    throw withPath(error, file);
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
    flush(dirname(file));
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw withPath(error, file);
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

/**
 * The same of all files in a folder and below, and of folders that were written so.
 * @param {string} folder
 */
export function removePartsIn(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (PART.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** What `partOf` appends; folders have no more than the number of their process. */
const PART = /\.\d+(\.[0-9a-f]{8})?\.part$/;

/** @param {string} file */
const partOf = (file) => `${file}.${process.pid}.${randomUUID().slice(0, 8)}.part`;

/** @param {unknown} value */
const jsonText = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Appends to a file, and waits until it is on the disk.
 * @param {string} file is made where there is none, its folder is not
 * @param {string} text
 */
export function appendWhole(file, text) {
  try {
    appendFileSync(file, text);
    flush(file);
  } catch (error) {
    throw withPath(error, file);
  }
}

/**
 * Makes a folder, and those that it is in. Unlike Node's own way to do so it ends where nothing can be made, as in /proc.
 * @param {string} folder
 */
export function makeFolder(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return;
    const above = dirname(folder);
    if (code !== 'ENOENT' || above === folder || existsSync(above)) throw error;
    makeFolder(above);
    mkdirSync(folder);
  }
}

/**
 * What was written through a number of an open file has no path in its error.
 * @param {unknown} error
 * @param {string} file
 */
export function withPath(error, file) {
  if (error instanceof Error && 'syscall' in error) {
    const failed = /** @type {NodeJS.ErrnoException} */ (error);
    // That of a part says nothing to a person.
    failed.path = file;
  }
  return error;
}

/** What a file system answers that can't flush a folder, as some network drives. */
const NO_FLUSH = ['EINVAL', 'ENOTSUP', 'ENOSYS', 'EISDIR', 'EBADF'];

/** @param {string} path file or folder */
function flush(path) {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!NO_FLUSH.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}
