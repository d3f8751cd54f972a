/**
 * Shift, zoom, flip and resize as one projective transform. In: a change and two sizes. Out: the eight numbers of
 * TensorFlow's ImageProjectiveTransformV3, which go from a pixel of the result to a place in the source:
 * x' = t0 x + t1 y + t2, y' = t3 x + t4 y + t5, and t6 = t7 = 0.
 */
export interface Change {
  /** Mirrored left to right, after shift and zoom. */
  readonly flip: boolean;
  /** Share of the width that the picture moves to the left, of the height that it moves up. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Factor on the width and the height of the part that is shown: below 1 enlarges. */
  readonly zoomX: number;
  readonly zoomY: number;
}

/**
 * The eight numbers for one image.
 *
 * Per axis, in the result's pixels: Keras maps x to c + shift · s + zoom (x - c) with the centre c = (s - 1) / 2, and a
 * flip after it turns x - c around. A bilinear resize with half-pixel centres maps x to (x + 1/2) S / s - 1/2.
 * Together: x' = ± zoom (S / s) (x - c) + S / 2 - 1/2 + shift · S.
 * @param cacheSize S, side of the source in pixels
 * @param imageSize s, side of the result in pixels
 */
export function augmentationMatrix(change: Change, cacheSize: number, imageSize: number): Float32Array {
  return writeTransform(change, cacheSize, imageSize, new Float32Array(8), 0);
}

/** The same, into eight places of `out` from `offset` on. @returns `out` */
export function writeTransform(
  change: Change,
  cacheSize: number,
  imageSize: number,
  out: Float32Array,
  offset: number,
): Float32Array {
  const scale = cacheSize / imageSize;
  const centre = (imageSize - 1) / 2;
  const x = change.zoomX * scale * (change.flip ? -1 : 1);
  const y = change.zoomY * scale;
  const middle = cacheSize / 2 - 0.5;
  out[offset] = x;
  out[offset + 2] = middle + change.shiftX * cacheSize - x * centre;
  out[offset + 4] = y;
  out[offset + 5] = middle + change.shiftY * cacheSize - y * centre;
  return out;
}
