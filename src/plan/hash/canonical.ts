/** Canonical JSON (RFC 8785). */
import canonicalize from 'canonicalize';

/** Keys sorted, numbers in their shortest form: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(value);
  if (text === undefined) throw new Error('a plan is plain JSON, this value is not');
  return text;
}
