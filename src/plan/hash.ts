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
