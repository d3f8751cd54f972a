// Who wrote a file: a mark of the process and its machine, and the one question that is asked of it later: does that process
// live? Plain JavaScript, because the bootstrap needs it.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * @typedef {object} ProcessMark
 * @property {number} pid
 * @property {string} host
 * @property {string | null} started start of the process in clock ticks since boot, because a number is used again; null where the system does not tell
 * @property {string | null} [boot] which start of the system those ticks are counted from; null or left out where it is not known
 * @property {number} time when the mark was made, milliseconds since 1970; 0 where it is not known
 */

/**
 * `elsewhere`: on another machine, which can't be asked, and not silent for long.
 * @typedef {'alive' | 'gone' | 'elsewhere'} Fate
 */

/** A process of another machine that gave no sign for so long is taken for gone, unless the caller knows better. */
const SILENCE_MS = 24 * 3600 * 1000;
/** The same of one that trains, which gives a sign every ten seconds, but may be busy for minutes with its first step. */
export const RUN_SILENCE_MS = 600_000;

/** @returns {ProcessMark} of this process */
export function ownMark() {
  return markOf(process.pid);
}

/**
 * @param {number} pid of a process of this machine that lives
 * @returns {ProcessMark}
 */
export function markOf(pid) {
  const started = statFields(pid)?.[STARTED] ?? null;
  return { pid, host: hostname(), started, boot: bootId(), time: Date.now() };
}

/**
 * Does the process of a mark live?
 * @param {ProcessMark} mark
 * @param {object} [signs] of a process on another machine
 * @param {number} [signs.lastSign] its last sign of life, milliseconds since 1970; by default the time of the mark
 * @param {number} [signs.silenceMs] how long it may be silent; by default a day
 * @returns {Fate}
 */
export function fate(mark, { lastSign = mark.time, silenceMs = SILENCE_MS } = {}) {
  if (mark.host !== hostname()) return Date.now() - lastSign > silenceMs ? 'gone' : 'elsewhere';
  return livesHere(mark) ? 'alive' : 'gone';
}

/** @param {ProcessMark} mark @returns {boolean} whether it is of this process */
export function isOwn(mark) {
  const own = ownMark();
  return mark.pid === own.pid && mark.host === own.host && mark.started === own.started;
}

/**
 * A mark as it was read from a file: checked, and with what version 0.1 wrote under other names or not at all.
 * @param {unknown} value
 * @returns {ProcessMark | undefined} undefined where it is none
 */
export function parseMark(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    pid,
    host = hostname(),
    time = 0,
    boot = null,
    ...rest
  } = /** @type {Record<string, unknown>} */ (value);
  const started = rest.started ?? rest.start ?? null;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return undefined;
  if (typeof host !== 'string' || typeof time !== 'number') return undefined;
  if (started !== null && typeof started !== 'string') return undefined;
  if (boot !== null && typeof boot !== 'string') return undefined;
  return { pid, host, started, boot, time };
}

/**
 * @param {ProcessMark} mark
 * @returns {string} `process 12 on host`
 */
export function nameOf({ pid, host }) {
  return `process ${pid} on ${host}`;
}

/** @param {ProcessMark} mark of this machine */
function livesHere({ pid, started, boot = null, time }) {
  const now = bootId();
  if (boot !== null && now !== null && boot !== now) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const fields = statFields(pid);
  // A zombie has ended; in a container without an init nobody may ever collect it.
  if (fields?.[STATE] === 'Z') return false;
  const found = fields?.[STARTED] ?? null;
  if (found === null) return true;
  return started === null ? time === 0 || !beganAfter(found, time) : found === started;
}

/** Clock ticks of a second, as /proc counts: 100 on all of Linux's architectures that TensorFlow runs on. */
const TICKS = 100;
/** Between two clocks of one machine. */
const SLACK_MS = 5000;

/**
 * Is the process of a number another one than that which made a mark, for which the ticks of its start are not known?
 * @param {string} started ticks since boot
 * @param {number} time of the mark
 */
function beganAfter(started, time) {
  const seconds = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  return seconds !== undefined && Number(seconds) * 1000 + (Number(started) / TICKS) * 1000 > time + SLACK_MS;
}

/** Places of the fields of `statFields`. */
const STATE = 0;
const STARTED = 19;

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

/** @type {string | null | undefined} */
let boot;

/** @returns {string | null} drawn anew by the kernel at each start; null where it does not tell */
function bootId() {
  if (boot !== undefined) return boot;
  try {
    boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    boot = null;
  }
  return boot;
}
