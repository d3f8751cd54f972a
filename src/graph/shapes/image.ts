/** Ops on images, [batch, height, width, channels]. */
import { sameAsFirst } from './broadcast.ts';
import { type OpTable, op, type ShapeFunction } from './op.ts';

/** Input `input` is a constant that holds height and width. */
function resized(input: number): ShapeFunction {
  return ({ inputs: [image], values }) => [image![0]!, ...values(input), image![3]!];
}

const colour = op('T, float32 -> T', sameAsFirst);
const colourSpace = op('T -> T', sameAsFirst);

export const image = {
  AdjustContrastv2: colour,
  AdjustHue: colour,
  AdjustSaturation: colour,
  CropAndResize: op('T, float32, int32, int32 -> float32', ({ inputs: [images, boxes], values }) => [
    boxes![0]!,
    ...values(3),
    images![3]!,
  ]),
  HSVToRGB: colourSpace,
  ImageProjectiveTransformV3: op('dtype, float32, int32, float32 -> dtype', resized(2)),
  RGBToHSV: colourSpace,
  ResizeBilinear: op('T, int32 -> float32', resized(1)),
  ResizeBilinearGrad: op('float32, T -> T', ({ inputs: [, original] }) => original!),
  ResizeNearestNeighbor: op('T, int32 -> T', resized(1)),
  ResizeNearestNeighborGrad: op('T, int32 -> T', resized(1)),
} satisfies OpTable;
