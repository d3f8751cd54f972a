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
 */
export function createSettingsHasher(): (settings: Settings) => string {
  const texts = new WeakMap<object, string>();
  const textOf = (value: unknown, depth: number): string => {
    if (typeof value !== 'object' || value === null) return canonicalJson(value);
    const known = texts.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value) && depth > 0) return `[${value.map((item) => textOf(item, depth - 1)).join()}]`;
    const text = canonicalJson(value);
    texts.set(value, text);
    return text;
  };
  return (settings) => {
    const entries = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
    const members = entries.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value, 1)}`);
    return createHash('sha256').update(`{${members.join()}}`).digest('hex');
  };
}
