/** What a step is fed for its images: an augmentation in, names, types and shapes out. Letters: B batch, N of an image, R rounds. */
import type { CoverAugmentation, FilterAugmentation, WrittenAugmentation } from '../augmentation.ts';
import { pixelNumbers } from '../kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../plan.ts';
import { augmentations, type NameOf, namesOf } from '../table.ts';
import { colourNames } from './colours.ts';
import { isMixed } from './mix.ts';
import { roundsOf } from './policy.ts';

/** What changes an image by tensors of its own. */
export type FedName = NameOf<'filter' | 'cover'>;
type FeedNames = { [Name in FedName]: keyof (typeof augmentations)[Name]['feeds'] };
export type FeedNameOf<Name extends FedName> = FeedNames[Name];

/**
 * What families are fed; the tensors of single augmentations stand in their own files. `transforms` [B, 8] as
 * ImageProjectiveTransformV3 takes them, from the cached image to the network's; `pixelChanges` [B, R, N] as
 * `changePixelsInRounds` takes them; `colours` [B, N], one number for each of `colourNames`; `partners` [B] and `blends`
 * [B, 5] as `mixImages` takes them, `shares` [B] of each image's own labels.
 */
const familyFeeds = {
  transforms: 'float32',
  pixelChanges: 'float32',
  colours: 'float32',
  partners: 'int32',
  blends: 'float32',
  shares: 'float32',
} as const;

export type FeedName = keyof typeof familyFeeds | FeedNameOf<FedName>;

export const fedAugmentations: {
  readonly [Name in FedName]:
    | FilterAugmentation<WrittenAugmentation[Name], AugmentationPlan[Name], FeedNameOf<Name>>
    | CoverAugmentation<WrittenAugmentation[Name], AugmentationPlan[Name], FeedNameOf<Name>>;
} = augmentations;

export const fedNames = namesOf('filter', 'cover');

/** Names of the feeds of one augmentation. */
export function feedNamesOf<Name extends FedName>(name: Name): readonly (FeedNameOf<Name> & FeedName)[] {
  return Object.keys(fedAugmentations[name].feeds) as (FeedNameOf<Name> & FeedName)[];
}

/** Whether a plan asks for an augmentation with tensors of its own. */
export function isAsked<Plan>(plan: Plan): plan is NonNullable<Plan> {
  return plan !== null && plan !== 0;
}

/** @returns of each feed of one augmentation, the shape of one image's part */
export function shapesOf<Name extends FedName>(
  name: Name,
  plan: NonNullable<AugmentationPlan[Name]>,
): { readonly [Feed in FeedNameOf<Name>]: readonly number[] } {
  const { feeds } = fedAugmentations[name];
  const shapes = feedNamesOf(name).map((feed) => [feed, feeds[feed].shape(plan)]);
  return Object.fromEntries(shapes) as { [Feed in FeedNameOf<Name>]: readonly number[] };
}

const types = new Map<string, 'int32' | 'float32'>([
  ...Object.entries(familyFeeds),
  ...fedNames.flatMap((name) =>
    Object.entries(augmentations[name].feeds).map(([feed, { type }]) => [feed, type] as const),
  ),
]);

export function feedType(name: FeedName): 'int32' | 'float32' {
  return types.get(name)!;
}

/**
 * @param augmentation null for evaluation
 * @returns of each feed that a step takes, the shape of one image's part
 */
export function feedsOf(augmentation: AugmentationPlan | null): ReadonlyMap<FeedName, readonly number[]> {
  const feeds = new Map<FeedName, readonly number[]>([['transforms', [8]]]);
  if (augmentation === null) return feeds;
  const add = <Name extends FedName>(name: Name): void => {
    const own: AugmentationPlan[Name] = augmentation[name];
    if (!isAsked(own)) return;
    const shapes = shapesOf(name, own);
    for (const feed of feedNamesOf(name)) feeds.set(feed, shapes[feed]);
  };
  const isFirst = (name: FedName): boolean => fedAugmentations[name].isFedFirst === true;
  fedNames.filter(isFirst).forEach(add);
  const rounds = roundsOf(augmentation);
  if (rounds > 0) feeds.set('pixelChanges', [rounds, pixelNumbers.length]);
  const colours = colourNames(augmentation).length;
  if (colours > 0) feeds.set('colours', [colours]);
  fedNames.filter((name) => !isFirst(name)).forEach(add);
  if (isMixed(augmentation)) feeds.set('partners', []).set('blends', [5]).set('shares', []);
  return feeds;
}

/** Fed to what happens to images after they are normalised. */
export const feedsAfterNormalizing: readonly FeedName[] = [
  ...namesOf('cover').flatMap((name): readonly FeedName[] => feedNamesOf(name)),
  'partners',
  'blends',
  'shares',
];

/** All of an augmentation that a recorded step depends on: stages that agree in it can share the step. */
export function recordedOf(augmentation: AugmentationPlan): {
  readonly feeds: readonly (readonly [FeedName, readonly number[]])[];
  readonly colours: readonly string[];
  readonly fillMode: string;
  readonly fillValue: number;
} {
  const { fillMode, fillValue } = augmentation;
  return { feeds: [...feedsOf(augmentation)], colours: colourNames(augmentation), fillMode, fillValue };
}
