/**
 * A value without the tail of its long lists and maps. ajv takes time by the square of the mistakes in their elements, and of
 * so many none but the first are read.
 */
import { own } from '../words.ts';
import { resolveRef, type Schema } from './refs.ts';

/** Elements of one list, or of one map whose keys a person chooses. */
const MOST = 2000;

/** @returns the value itself where nothing is left out */
export function firstElements(schema: Schema, value: unknown): unknown {
  const { items, properties, additionalProperties } = resolveRef(schema);
  if (Array.isArray(value)) {
    const kept = value.length > MOST && items !== undefined ? value.slice(0, MOST) : value;
    return items === undefined
      ? kept
      : unlessSame(
          kept,
          kept.map((item) => firstElements(items, item)),
        );
  }
  if (typeof value !== 'object' || value === null) return value;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const entries = Object.entries(value);
  const kept = others !== undefined && entries.length > MOST ? entries.slice(0, MOST) : entries;
  const inner = kept.map(([key, one]): [string, unknown] => {
    const ofKey = own(properties, key) ?? others;
    return [key, ofKey === undefined ? one : firstElements(ofKey, one)];
  });
  const isSame = kept.length === entries.length && inner.every(([, one], i) => one === kept[i]![1]);
  return isSame ? value : Object.fromEntries(inner);
}

function unlessSame<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return after.every((one, i) => one === before[i]) ? before : after;
}
