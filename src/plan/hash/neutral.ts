/**
 * Keys of the settings that came after version 0.1.0. The hash of a plan leaves a key out where it has its neutral value,
 * the one with which all is computed as it was before there was the key: so the plans of older files keep their hashes,
 * and their runs are found. All keys of version 0.1.0 are always in the hash.
 *
 * Whoever adds a key adds it here, and makes the neutral value the schema's default, or says why not. A test tells where
 * that is forgotten.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type LaterKey = {
  /** The first version that has it. */
  readonly since: string;
} & (
  | {
      /** The hash leaves the key out where this is its value. */
      readonly neutral: Json;
      /** Why the schema's default is another value: plans of older files get another hash where that makes a difference. */
      readonly newDefault?: string;
    }
  | {
      /** Always in the hash, and why no plan of an older version had to have it. */
      readonly always: string;
    }
);

/**
 * By their path in the settings: `*` stands for each item of a list and each name that the file gives, and
 * `[NAME]` for a variant, which its `kind`, `type` or `name` tells: `stages.*.optimizer[adam].beta1`.
 */
export type LaterKeys = Readonly<Record<string, LaterKey>>;

export const laterKeys = {
  'dataset.split.test': { since: '0.2.0', neutral: null },
  'dataset.split.folds': { since: '0.2.0', neutral: null },
  'dataset.split.fold': { since: '0.2.0', neutral: null },
  'dataset.split.repeatedImages': { since: '0.2.0', neutral: null },
  'stages.*.lastBatch': {
    since: '0.2.0',
    neutral: 'short',
    newDefault: 'a last batch of a few rows spoils a training without a word',
  },
} as const satisfies LaterKeys;
