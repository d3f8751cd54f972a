// A lock between processes: a file that holds its owner's mark. In: a path and an action. Out: the action's result, run by one
// process at a time. A lock whose owner died is taken over. Plain JavaScript, because the bootstrap needs it.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fate, nameOf, ownMark, parseMark } from './process-mark.mjs';
import { makeFolder, writeWholeText } from './whole.mjs';

/** How long an owner on another machine may be silent before its lock counts as left behind. */
const silenceMs = 120_000;
/** The owner touches its lock this often. */
const beatMs = 10_000;
const pollMs = 200;
const mostAttempts = 1000;

/**
 * @typedef {object} Lock
 * @property {string} id
 * @property {() => void} release
 * @property {() => boolean} isHeld
 */

/**
 * Takes the lock where nobody who lives holds it, and touches it until it is released.
 * @param {string} path the lock file; its folder is made where needed
 * @param {string} [inherited] id of a lock on the same path whose owner started this process to go on with it
 * @returns {Lock | { owner: string }} the owner in words, where there is one
 * @throws {Error} where the file can be neither made nor read
 */
export function tryLock(path, inherited) {
  const id = randomUUID();
  const mine = JSON.stringify({ ...ownMark(), id });
  makeFolder(dirname(path));
  for (let attempt = 1; !tryCreate(path, mine); attempt++) {
    const found = read(path);
    if (found === undefined) {
      // Whoever held it has just released it; a link to nowhere is always there and never read.
      if (attempt < mostAttempts) continue;
      throw new Error(`${path} can be neither made nor read`);
    }
    if (inherited !== undefined && parse(found.text)?.id === inherited) {
      writeWholeText(path, mine);
      break;
    }
    if (!isLeftBehind(found)) return { owner: describe(found.text) };
    remove(path, found.text);
  }
  const isHeld = () => read(path)?.text === mine;
  const beat = setInterval(() => {
    try {
      if (isHeld()) utimesSync(path, new Date(), new Date());
    } catch {
      // The folder was deleted under us; the results are renamed into place whole, so nothing is half done.
    }
  }, beatMs);
  beat.unref();
  return {
    id,
    isHeld,
    release() {
      clearInterval(beat);
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/**
 * Who holds a lock, in words.
 * @param {string} path
 * @returns {string | undefined} undefined where nobody does, or only somebody who died
 */
export function lockOwner(path) {
  const found = read(path);
  return found === undefined || isLeftBehind(found) ? undefined : describe(found.text);
}

/**
 * Runs `action` while holding the lock, and waits for the lock as long as its owner lives.
 * @template T
 * @param {string} path the lock file; its folder is made where needed
 * @param {() => Promise<T> | T} action
 * @param {(owner: string) => void} [onWait] told once, with the owner in words, when there is somebody to wait for
 * @param {AbortSignal} [signal] ends the wait, which then throws the signal's reason
 * @returns {Promise<T>}
 */
export async function withLock(path, action, onWait, signal) {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryLock(path);
    if ('release' in lock) {
      try {
        return await action();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait?.(lock.owner);
    told = true;
    await sleep(pollMs, undefined, { signal });
  }
}

/** What `link` answers on file systems that have no second names, as FAT and some network drives. */
const noLinks = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

/**
 * Makes the file with its content in one step, where there is none.
 * @param {string} path
 * @param {string} text
 */
function tryCreate(path, text) {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, text);
    // Unlike opening it, a link never shows a file without its content.
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    if (!noLinks.includes(code)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {{ text: string, touched: number } | undefined} undefined where there is none, or it has just gone
 */
function read(path) {
  try {
    return { text: readFileSync(path, 'utf8'), touched: statSync(path).mtimeMs };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? ''))
      return undefined;
    throw error;
  }
}

/** @param {{ text: string, touched: number }} found */
function isLeftBehind({ text, touched }) {
  const owner = parse(text)?.mark;
  // Without a readable owner: either being written this moment, or its writer died in between.
  if (owner === undefined) return Date.now() - touched > beatMs;
  return fate(owner, { lastSign: touched, silenceMs }) === 'gone';
}

/**
 * Two waiters may both find the same dead owner: the file is moved aside first, and put back if it was not that one.
 * @param {string} path
 * @param {string} text what the dead owner wrote
 */
function remove(path, text) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside)?.text !== text) {
    try {
      linkSync(aside, path);
    } catch {
      // Somebody else holds it by now.
    }
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} text
 * @returns {{ mark: import('./process-mark.mjs').ProcessMark, id: unknown } | undefined}
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    const mark = parseMark(value);
    return mark && { mark, id: value.id };
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function describe(text) {
  const owner = parse(text)?.mark;
  return owner === undefined ? 'another process' : nameOf(owner);
}
