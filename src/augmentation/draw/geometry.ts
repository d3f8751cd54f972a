/** Draws of what is one resampling: each augmentation of the geometry has its part in it. */
import type { GeometryAugmentation, WrittenAugmentation } from '../augmentation.ts';
import { type Change, unchanged } from '../kinds/geometry/transform.ts';
import type { AugmentationPlan } from '../plan.ts';
import { augmentations, type NameOf, namesOf } from '../table.ts';
import type { Streams } from './streams.ts';

const parts: {
  readonly [Name in NameOf<'geometry'>]: GeometryAugmentation<
    WrittenAugmentation[Name],
    AugmentationPlan[Name]
  >;
} = augmentations;
const names = namesOf('geometry');

/** The change of one image; nothing comes after it yet. */
export function drawGeometry(plan: AugmentationPlan, streams: Streams): Change {
  const draw = <Name extends NameOf<'geometry'>>(name: Name): Partial<Change> => {
    const own: AugmentationPlan[Name] = plan[name];
    return own === null ? {} : parts[name].draw(own, streams(name), streams);
  };
  return Object.assign({ ...unchanged }, ...names.map(draw));
}
