// Reading what a person or a file points at: it may be a pipe that nobody writes to, a device without an end, or a folder.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * The bytes of a regular file.
 * @param {string} path
 * @param {number} most bytes
 * @returns {Buffer}
 * @throws {NodeJS.ErrnoException} EISDIR, ENOTREG for what is no regular file, EFBIG for one that is longer, and what opening says
 */
export function readRegularFile(path, most) {
  // Without waiting: a pipe would be opened when somebody writes to it, and not before.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw refusal('EISDIR', `${path} is a folder`);
    if (!stats.isFile()) throw refusal('ENOTREG', `${path} is no regular file`);
    if (stats.size > most) throw refusal('EFBIG', `${path} is longer than ${most} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * @param {string} code
 * @param {string} message
 */
function refusal(code, message) {
  return Object.assign(new Error(message), { code });
}
