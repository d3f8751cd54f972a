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
  const textOf = (value: unknown, depth: number): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const text = depth === 0 ? canonicalJson(value) : joined(value, depth - 1);
    if (lasting.has(value)) texts.set(value, text);
    return text;
  };
  const joined = (value: object, depth: number): string => {
    if (Array.isArray(value)) return `[${value.map((item) => textOf(item, depth)).join()}]`;
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item, depth)}`).join()}}`;
  };
  // The settings, the list of stages, a stage, and what stands in it.
  return (settings) => createHash('sha256').update(joined(settings, 3)).digest('hex');
}
