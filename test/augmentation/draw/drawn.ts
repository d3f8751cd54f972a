/** What is drawn for one image, its feeds read back as what they stand for. */
import { drawAugmentation } from '../../../src/augmentation/draw/draws.ts';
import type { Streams } from '../../../src/augmentation/draw/streams.ts';
import type { Rectangle } from '../../../src/augmentation/kinds/cover/rectangle.ts';
import type { Change } from '../../../src/augmentation/kinds/geometry/transform.ts';
import { type PixelChange, pixelNumbers } from '../../../src/augmentation/kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';

export interface Drawn extends Change {
  readonly erase: Rectangle | null;
  /** One after the other. */
  readonly pixels: readonly PixelChange[];
}

export function drawnOf(plan: AugmentationPlan, streams: Streams, side: number): Drawn {
  const { change, fed } = drawAugmentation(plan, streams, side);
  const [top, left, height, width, value] = fed.get('rectangles') ?? [];
  const isErased = top !== undefined;
  const numbers = fed.get('pixelChanges') ?? [];
  const rounds = numbers.length / pixelNumbers.length;
  return {
    ...change,
    erase: isErased ? { top, left: left!, height: height!, width: width!, value: value! } : null,
    pixels: Array.from({ length: rounds }, (_, round) => {
      const entries = pixelNumbers.map((name, i) => [name, numbers[round * pixelNumbers.length + i]!]);
      return Object.fromEntries(entries) as PixelChange;
    }),
  };
}
