/**
 * What the operations of TrivialAugment and RandAugment that move pixels are in the one resampling: operations in, an affine
 * map out. It goes from the result to the source, with places counted from the centre, in sides of the image.
 */

import { type Affine, compose } from '../geometry/transform.ts';
import type { Operation } from './operations.ts';

const still: Affine = { xx: 1, xy: 0, yx: 0, yy: 1, x: 0, y: 0 };

/** All of them: T1⁻¹ T2⁻¹ …, for the last one is undone first. @returns null where none moves a pixel */
export function afterOf(operations: readonly Operation[]): Affine | null {
  const moves = operations.map(affineOf).filter((move) => move !== null);
  return moves.length === 0 ? null : moves.reduce(compose);
}

/** The inverse of one, as torchvision's `affine` and `rotate` compute it: sheared about the corner at the top left. */
function affineOf({ name, magnitude }: Operation): Affine | null {
  switch (name) {
    case 'shearX':
      return { ...still, xy: magnitude, x: magnitude / 2 };
    case 'shearY':
      return { ...still, yx: magnitude, y: magnitude / 2 };
    case 'translateX':
      return { ...still, x: -magnitude };
    case 'translateY':
      return { ...still, y: -magnitude };
    case 'rotate': {
      const angle = (magnitude * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return { ...still, xx: cos, xy: -sin, yx: sin, yy: cos };
    }
    default:
      return null;
  }
}
