/**
 * From our values to the fields of MLflow's REST API, one function a type. A field of a wrong JSON type is answered
 * with 200 and everything after it is dropped, so nothing reaches a body except through here.
 */
import { createHash } from 'node:crypto';
import type { ParameterValue } from '../run.ts';

/** Characters MLflow keeps of a parameter, of a tag, and the longest key it takes. */
export const PARAMETER_LIMIT = 6000;
export const TAG_LIMIT = 8000;
export const NAME_LIMIT = 250;

export interface MetricField {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  /** The model that it is a metric of. */
  readonly model_id?: string;
}

export interface TextField {
  readonly key: string;
  readonly value: string;
}

/**
 * One point of a metric.
 * @param name already encoded, see `encodeName`
 * @param value finite
 * @param timestamp milliseconds since 1970; a fraction is cut
 * @param step a safe integer
 * @throws TypeError where a value would be stored wrongly
 */
export function encodeMetric(name: string, value: number, timestamp: number, step: number): MetricField {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`metric ${name}: expected a finite number, got ${String(value)}`);
  }
  return { key: name, value: value + 0, timestamp: encodeTime(timestamp), step: encodeStep(step) };
}

/** @throws TypeError unless it is an integer that a double holds exactly */
export function encodeStep(step: number): number {
  if (!Number.isSafeInteger(step)) throw new TypeError(`step: expected an integer, got ${String(step)}`);
  return step + 0;
}

/** Whole milliseconds: a fraction would be stored as 0. */
export function encodeTime(time: number): number {
  const whole = Math.trunc(time);
  if (!Number.isSafeInteger(whole)) throw new TypeError(`time: expected milliseconds, got ${String(time)}`);
  return whole + 0;
}

/** A parameter as text. Longer than MLflow keeps: cut, with a note of how much is missing. */
export function encodeParameter(value: ParameterValue): string {
  return clip(encodeText(String(value)), PARAMETER_LIMIT);
}

/** A tag's value, cut with a note where MLflow would cut it in silence. */
export function encodeTag(value: string): string {
  return clip(encodeText(String(value)), TAG_LIMIT);
}

/** Text that UTF-8 and every database can hold: no lone surrogate, no NUL. */
export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
}

function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = ` … (cut: ${text.length} characters)`;
  return encodeText(text.slice(0, limit - note.length)).slice(0, limit - note.length) + note;
}

/**
 * A key as MLflow takes it: letters and digits of any script, `_ - . : /` and space; no empty, `.` or `..` part
 * between slashes; at most 250 characters. `[0]` becomes `.0`, any other character `_`.
 */
export function encodeName(key: string): string {
  const allowed = encodeText(key)
    .normalize('NFC')
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/[^\p{L}\p{N}_\-.:/ ]/gu, '_');
  const parts = allowed.split('/').filter((part) => part !== '');
  const name = parts
    .map((part) => (part === '.' || part === '..' ? part.replaceAll('.', '_') : part))
    .join('/');
  return shorten(name === '' ? '_' : name.replace(/^\.(?=\d)/, ''));
}

/** The hash keeps two long names apart that begin alike. */
function shorten(name: string): string {
  const letters = [...name];
  if (letters.length <= NAME_LIMIT) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${letters.slice(0, NAME_LIMIT - 9).join('')}-${digest}`;
}

/** Names for keys, never one name for two keys: the second of two that look alike to MLflow gets `_2`. */
export class NameTable {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @returns the name of a key, the same one whenever it is asked for */
  name(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const wanted = encodeName(key);
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) {
      const ending = `_${count}`;
      name = [...wanted].slice(0, NAME_LIMIT - ending.length).join('') + ending;
    }
    this.set(key, name);
    return name;
  }

  /** Takes over a name given earlier. */
  set(key: string, name: string): void {
    this.#names.set(key, name);
    this.#taken.add(name);
  }

  has(key: string): boolean {
    return this.#names.has(key);
  }
}

/** Parameters or tags as fields, in the order of the record. */
export function encodeRecord<T>(
  values: Readonly<Record<string, T>>,
  encode: (value: T) => string,
): TextField[] {
  const names = new NameTable();
  return Object.entries(values).map(([key, value]) => ({ key: names.name(key), value: encode(value) }));
}

/** A path in the artifact store: `/` between parts, no part empty, `.` or `..`, nothing that servers refuse. */
export function encodeArtifactPath(artifactPath: string): string {
  const parts = encodeText(artifactPath).replaceAll('\\', '/').split('/');
  const kept = parts.filter((part) => part !== '' && part !== '.' && part !== '..');
  if (kept.length === 0) throw new TypeError(`artifact path: expected a name, got "${artifactPath}"`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return kept.map((part) => part.replace(/[#%?:*"<>|\u0000-\u001f\u007f]/g, '_')).join('/');
}
