/** Augmentation of a stage as the plan holds it: shorthand written out. In: the file's values. Out: AugmentationPlan. */
import type { Augmentation, WrittenAugmentation } from './augmentation.ts';
import { type AugmentationName, augmentationNames, augmentations, type Plans } from './table.ts';

/** Of all augmentation, 0 to 1. */
export interface StrengthPlan {
  /** In the first epoch of a stage. */
  readonly from: number;
  /** In its last one. */
  readonly to: number;
}

export interface AugmentationPlan extends Plans {
  readonly strength: StrengthPlan;
  readonly fillMode: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /** Of a pixel, 0 to 255. */
  readonly fillValue: number;
}

/** The table, each entry with the types of its own name. */
export const entries: {
  readonly [Name in AugmentationName]: Augmentation<WrittenAugmentation[Name], AugmentationPlan[Name]>;
} = augmentations;

export function augmentationOf(written: WrittenAugmentation): AugmentationPlan {
  const { strength } = written;
  return {
    ...written,
    strength: typeof strength === 'number' ? { from: strength, to: strength } : strength,
    ...(Object.fromEntries(augmentationNames.map((name) => [name, planOf(name, written)])) as Plans),
  };
}

function planOf<Name extends AugmentationName>(
  name: Name,
  written: WrittenAugmentation,
): AugmentationPlan[Name] {
  return entries[name].planOf(written[name]);
}
