/** The plan's hash: SHA-256 of the canonical JSON (RFC 8785) of its settings. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Settings } from './plan.ts';

export function hashSettings(settings: Settings): string {
  return createHash('sha256').update(canonicalJson(settings)).digest('hex');
}

/** Keys sorted, numbers in their shortest form: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value);
  if (text === undefined) throw new Error('a plan is plain JSON, this value is not');
  return text;
}

/**
 * `hashSettings` for many settings that share parts by identity: the text of a part is made once. Gives the same hash,
 * because canonical JSON of a map or list is made of those of its elements.
 * @param lasting parts that will be met again
 */
export function createSettingsHasher(lasting: WeakSet<object>): (settings: Settings) => string {
  const texts = new WeakMap<object, string>();
  const bytes = new WeakMap<object, Buffer>();
  /** Of parts that several stages of the settings at hand share. */
  const passing = new Map<object, string>();
  const orders = [0, 1, 2, 3].map(createKeyOrder);

  const textOf = (value: unknown, depth: number): string => {
    if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
    if (typeof value !== 'object' || value === null) return canonicalJson(value);
    const known = texts.get(value) ?? passing.get(value);
    if (known !== undefined) return known;
    const text = depth === 0 ? canonicalJson(value) : joined(value, depth - 1);
    if (lasting.has(value)) texts.set(value, text);
    else passing.set(value, text);
    return text;
  };
  const joined = (value: object, depth: number): string => {
    if (Array.isArray(value)) return `[${value.map((item) => textOf(item, depth)).join()}]`;
    const map = value as Readonly<Record<string, unknown>>;
    const entries: string[] = [];
    for (const [key, name] of orders[depth]!(map)) {
      if (map[key] !== undefined) entries.push(name + textOf(map[key], depth));
    }
    return `{${entries.join()}}`;
  };

  // One buffer for all settings: as strings they would be some 10 kB of garbage each.
  let buffer = Buffer.alloc(1 << 16);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more > buffer.length) buffer = Buffer.concat([buffer], 2 * (length + more));
  };
  const writeText = (text: string): void => {
    reserve(3 * text.length);
    length += buffer.write(text, length);
  };
  const writeValue = (value: unknown, depth: number): void => {
    const isObject = typeof value === 'object' && value !== null;
    const known = isObject ? bytes.get(value) : undefined;
    if (known !== undefined) {
      reserve(known.length);
      buffer.set(known, length);
      length += known.length;
      return;
    }
    const text = textOf(value, depth);
    if (isObject && lasting.has(value)) bytes.set(value, Buffer.from(text));
    writeText(text);
  };
  return (settings) => {
    length = 0;
    const map = settings as unknown as Readonly<Record<string, unknown>>;
    for (const [key, name] of orders[3]!(settings)) {
      writeText((length === 0 ? '{' : ',') + name);
      if (key !== 'stages') {
        writeValue(map[key], 2);
        continue;
      }
      settings.stages.forEach((stage, i) => {
        writeText(i === 0 ? '[' : ',');
        writeValue(stage, 1);
      });
      writeText(']');
    }
    writeText('}');
    passing.clear();
    return createHash('sha256').update(buffer.subarray(0, length)).digest('hex');
  };
}

/** Keys in the order of canonical JSON, each with its text and a colon; maps made in one place have the same keys. */
function createKeyOrder(): (map: object) => readonly (readonly [key: string, name: string])[] {
  let before: readonly string[] = [];
  let order: readonly (readonly [string, string])[] = [];
  return (map) => {
    const keys = Object.keys(map);
    if (keys.length !== before.length || keys.some((key, i) => key !== before[i])) {
      before = keys;
      order = [...keys].sort().map((key) => [key, `${JSON.stringify(key)}:`] as const);
    }
    return order;
  };
}
