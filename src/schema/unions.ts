/** Unions without a tag: which branch a person meant, told by the type of the value and by the keys that are there. */
import { meantName } from '../file/names.ts';
import { resolveRef, type Schema } from './refs.ts';

/** @returns the branch that the value comes nearest to, or undefined where it fits none */
export function meantBranch(branches: readonly Schema[], value: unknown): Schema | undefined {
  const fitting = branches.filter((branch) => fitsType(resolveRef(branch), value));
  if (fitting.length < 2 || typeof value !== 'object' || value === null) return fitting[0];
  const keys = Object.keys(value);
  let best: Schema | undefined;
  let bestScore = 0;
  for (const branch of fitting) {
    const { properties = {}, required = [], additionalProperties } = resolveRef(branch);
    const known = keys.filter((key) => Object.hasOwn(properties, key)).length;
    // A map of names that a person chooses takes any key, but less surely than one that has the key itself.
    const open = typeof additionalProperties === 'object' ? keys.length : 0;
    const near = keys.filter((key) => meantName(key, required) !== undefined).length;
    const score = 2 * known + near + open;
    if (score > bestScore) {
      best = branch;
      bestScore = score;
    }
  }
  return best;
}

function fitsType({ type, enum: values }: Schema, value: unknown): boolean {
  if (values) return values.some((allowed) => typeof allowed === typeof value);
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return [type ?? []].flat().some((one) => one === kind || (one === 'integer' && kind === 'number'));
}
