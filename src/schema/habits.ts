/** Habits of other formats that YAML 1.2 takes for something else. Out: the cure, where the mistake is a known one. */

import { resolveRef, type Schema } from './refs.ts';
import { tagOf, validatorOf } from './schema.ts';

/**
 * @param schema what was expected
 * @param value what was found
 * @param written the line from the value on
 */
export function habitHint(schema: Schema, value: unknown, written: string): string | undefined {
  const types = [schema.type ?? []].flat();
  const wants = (...names: string[]): boolean => names.some((name) => types.includes(name));
  if (value === null)
    return written === '' || /^[:#]/.test(written) ? 'Nothing is written after the colon.' : undefined;
  if (
    wants('array') &&
    schema.items &&
    !Array.isArray(value) &&
    validatorOf(resolveRef(schema.items))(value)
  ) {
    return `Write it as a list: [${typeof value === 'object' ? '{ … }' : String(value)}].`;
  }
  if (
    wants('object') &&
    typeof value === 'string' &&
    schema.oneOf?.some((branch) => tagOf(branch) === value)
  ) {
    return `Write it as a map: { ${schema.discriminator?.propertyName ?? 'name'}: ${value} }.`;
  }
  if (wants('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    const token = /^(?:\$\{[^}]*\}|[^\s,\]}#])+/.exec(written)?.[0] ?? String(value);
    return `Put it in quotes: "${token}".`;
  }
  if (typeof value !== 'string') return undefined;
  if (wants('boolean')) return booleanHint(value);
  return wants('number', 'integer') ? numberHint(value, written) : undefined;
}

function booleanHint(text: string): string | undefined {
  const word = text.toLowerCase();
  if (['yes', 'on', 'y', 'true'].includes(word)) return 'Write true: YAML 1.2 takes other words for strings.';
  return ['no', 'off', 'n', 'false'].includes(word)
    ? 'Write false: YAML 1.2 takes other words for strings.'
    : undefined;
}

function numberHint(text: string, written: string): string | undefined {
  if (/^["']\$\{env:/.test(written) && Number.isFinite(Number(text)) && text.trim() !== '')
    return 'Remove the quotes: in quotes a variable is text.';
  const plain = text.trim();
  if (/^[-+]?\d[\d_]*(\.\d+)?$/.test(plain) && plain.includes('_')) {
    return `Write ${plain.replaceAll('_', '')}: YAML 1.2 takes a number with "_" for a string.`;
  }
  if (/^\d+(\.\d+)?\s*%$/.test(plain))
    return `Write ${Number((Number.parseFloat(plain) / 100).toPrecision(12))}: shares are numbers from 0 to 1.`;
  if (/^\d+,\d+$/.test(plain)) return `Write ${plain.replace(',', '.')}: the decimal sign is a point.`;
  return plain !== '' && Number.isFinite(Number(plain)) && /^["']/.test(written)
    ? 'Remove the quotes.'
    : undefined;
}
