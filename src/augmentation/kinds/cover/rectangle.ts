/** What random erasing and coarse dropout share: rectangles that are painted over the normalised image. */

/** In pixels of the image, painted with one value of the normalised image. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly value: number;
}

/** As a step is fed it; all zero for none. */
export function numbersOf({ top, left, height, width, value }: Rectangle): number[] {
  return [top, left, height, width, value];
}
