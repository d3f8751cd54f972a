// A lock between processes: a file that names its owner. In: a path and an action. Out: the action's result, run by one
// process at a time. A lock whose owner died is taken over. Plain JavaScript, because the bootstrap needs it.
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long an owner on another machine may be silent before its lock counts as left behind. */
const silenceMs = 120_000;
/** The owner touches its lock this often. */
const beatMs = 10_000;
const pollMs = 200;

/**
 * When a process started, in clock ticks since boot: with it a reused process id is told from the old one.
 * @param {number} pid
 * @returns {string | null} null where the system does not say
 */
export function processStart(pid) {
  return statFields(pid)?.[19] ?? null;
}

/**
 * Fields of /proc/PID/stat from the third on (state, then numbers; the 22nd is the start): proc(5).
 * @param {number} pid
 * @returns {string[] | undefined} undefined where there is no such file
 */
function statFields(pid) {
  try {
    // The second field is the command in parentheses and may hold anything, a parenthesis too.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string | null} [start] from `processStart`, where known
 */
export function isAlive(pid, start = null) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const fields = statFields(pid);
  // A zombie has ended; in a container without an init nobody may ever collect it.
  if (fields?.[0] === 'Z') return false;
  const now = fields?.[19] ?? null;
  return start === null || now === null || now === start;
}

/**
 * Takes the lock where nobody who lives holds it, and touches it until it is released.
 * @param {string} path the lock file; its folder is made where needed
 * @param {string} [inherited] id of a lock on the same path whose owner started this process to go on with it
 * @returns {{ id: string, release(): void, isHeld(): boolean } | { owner: string }} the owner in words, where there is one
 */
export function tryLock(path, inherited) {
  const id = randomUUID();
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    start: processStart(process.pid),
    id,
  });
  mkdirSync(dirname(path), { recursive: true });
  while (!tryCreate(path, mine)) {
    const found = read(path);
    if (found === undefined) continue;
    if (inherited !== undefined && parse(found.text)?.id === inherited) {
      writeFileSync(`${path}.${id}`, mine);
      renameSync(`${path}.${id}`, path);
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

/**
 * @param {string} path
 * @param {string} text
 */
function tryCreate(path, text) {
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
 * @returns {{ text: string, ageMs: number } | undefined} undefined when it has just gone
 */
function read(path) {
  try {
    const ageMs = Date.now() - statSync(path).mtimeMs;
    return { text: readFileSync(path, 'utf8'), ageMs };
  } catch {
    return undefined;
  }
}

/** @param {{ text: string, ageMs: number }} found */
function isLeftBehind({ text, ageMs }) {
  const owner = parse(text);
  // Without a readable owner: either being written this moment, or its writer died in between.
  if (owner === undefined) return ageMs > beatMs;
  if (owner.host !== hostname()) return ageMs > silenceMs;
  return !isAlive(owner.pid, owner.start);
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
 * @returns {{ pid: number, host: string, start: string | null, id?: string } | undefined}
 */
function parse(text) {
  try {
    const owner = JSON.parse(text);
    return typeof owner?.pid === 'number' ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function describe(text) {
  const owner = parse(text);
  return owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
}
