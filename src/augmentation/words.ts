/** An augmentation in a few words, for a column of a table. */
import { type AugmentationPlan, entries } from './plan.ts';
import { strengthOf } from './strength.ts';
import { type AugmentationName, augmentationNames } from './table.ts';

/**
 * `flip, shift, zoom, erase`: what does anything; `none` where nothing does. How much of it stands among the values, but
 * for the strength of all together: `flip, zoom × 0 to 1`.
 */
export function augmentationInShort(plan: AugmentationPlan): string {
  const active = augmentationNames.filter((name) => strengthOf(plan, name) > 0);
  if (active.length === 0) return 'none';
  const isFirst = (name: AugmentationName): boolean => entries[name].isNamedFirst === true;
  const inOrder = [...active.filter(isFirst), ...active.filter((name) => !isFirst(name))];
  const words = new Set(inOrder.map((name) => entries[name].word));
  const { from, to } = plan.strength;
  const strength = from === to ? (from === 1 ? '' : ` × ${from}`) : ` × ${from} to ${to}`;
  return `${[...words].join(', ')}${strength}`;
}
