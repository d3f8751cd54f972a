/**
 * Crop, shift, shear, rotation, zoom, flips and resize as one projective transform. In: a change and two sizes. Out: the
 * eight numbers of TensorFlow's ImageProjectiveTransformV3, which go from a pixel of the result to a place in the source:
 * x' = t0 x + t1 y + t2, y' = t3 x + t4 y + t5, and t6 = t7 = 0.
 */
export interface Change {
  /** Mirrored left to right, and upside down: the last of the changes. */
  readonly horizontalFlip: boolean;
  readonly verticalFlip: boolean;
  /** Share of the width that the picture moves to the left, of the height that it moves up. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Factor on the width and the height of the part that is shown: below 1 enlarges. */
  readonly zoomX: number;
  readonly zoomY: number;
  /** Degrees, clockwise as it is seen. */
  readonly rotate: number;
  /** Degrees by which upright lines lean to the right, and by which level lines rise to the right. */
  readonly shearX: number;
  readonly shearY: number;
  /** The part of the source that all of this happens to, in shares of its sides; null for the whole. */
  readonly crop: Crop | null;
  /** What is done to the result of all of that, from its own result to it, lengths in sides; null for nothing. */
  readonly after: Affine | null;
}

/** A change that changes nothing. */
export const unchanged: Change = {
  horizontalFlip: false,
  verticalFlip: false,
  shiftX: 0,
  shiftY: 0,
  zoomX: 1,
  zoomY: 1,
  rotate: 0,
  shearX: 0,
  shearY: 0,
  crop: null,
  after: null,
};

export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Rows of the part that turns and scales, and where the centre goes. Places are counted from the centre. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
  readonly x: number;
  readonly y: number;
}

/** @returns `outer` of what `inner` makes of a place */
export function compose(outer: Affine, inner: Affine): Affine {
  return {
    xx: outer.xx * inner.xx + outer.xy * inner.yx,
    xy: outer.xx * inner.xy + outer.xy * inner.yy,
    yx: outer.yx * inner.xx + outer.yy * inner.yx,
    yy: outer.yx * inner.xy + outer.yy * inner.yy,
    x: outer.xx * inner.x + outer.xy * inner.y + outer.x,
    y: outer.yx * inner.x + outer.yy * inner.y + outer.y,
  };
}

const whole: Crop = { left: 0, top: 0, width: 1, height: 1 };

/**
 * The eight numbers for one image.
 *
 * Places are counted from the centre. The picture is cropped, shifted, sheared and turned as torchvision's `affine` does
 * with a centre, zoomed as Keras does, and mirrored; a place in the result is taken through the inverse of each,
 * from the last to the first: q = crop(X⁻¹ Y⁻¹ R⁻¹ Z F p + shift · S), with the shears X = [1 -tan x; 0 1] and
 * Y = [1 0; -tan y 1], the rotation R = [cos -sin; sin cos], the zoom Z and the flips F, which are diagonal.
 * What comes after all of that is on its right. A bilinear resize with
 * half-pixel centres maps x to (x + 1/2) S / s - 1/2, which is S / s about the centres S / 2 - 1/2 and s / 2 - 1/2.
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
  const first = affineOf(change, cacheSize);
  const { after } = change;
  const { xx, xy, yx, yy, x, y } =
    after === null ? first : compose(first, { ...after, x: after.x * cacheSize, y: after.y * cacheSize });
  const scale = cacheSize / imageSize;
  const centre = (imageSize - 1) / 2;
  const middle = cacheSize / 2 - 0.5;
  // Adding 0 makes a zero of either sign the positive one.
  out[offset] = xx * scale + 0;
  out[offset + 1] = xy * scale + 0;
  out[offset + 2] = middle + x - xx * scale * centre - xy * scale * centre;
  out[offset + 3] = yx * scale + 0;
  out[offset + 4] = yy * scale + 0;
  out[offset + 5] = middle + y - yx * scale * centre - yy * scale * centre;
  return out;
}

/** From the result to the source, both counted from their centres in pixels of the source. */
function affineOf(change: Change, side: number): Affine {
  const { left, top, width, height } = change.crop ?? whole;
  const zoomX = change.zoomX * (change.horizontalFlip ? -1 : 1);
  const zoomY = change.zoomY * (change.verticalFlip ? -1 : 1);
  const angle = radians(change.rotate);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [leanX, leanY] = [Math.tan(radians(change.shearX)), Math.tan(radians(change.shearY))];
  // Y⁻¹ R⁻¹, then X⁻¹ on its left.
  const lower = [leanY * cos - sin, leanY * sin + cos] as const;
  const upper = [cos + leanX * lower[0], sin + leanX * lower[1]] as const;
  return {
    xx: width * upper[0] * zoomX,
    xy: width * upper[1] * zoomY,
    yx: height * lower[0] * zoomX,
    yy: height * lower[1] * zoomY,
    x: (width * change.shiftX + (left + width / 2 - 0.5)) * side,
    y: (height * change.shiftY + (top + height / 2 - 0.5)) * side,
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
