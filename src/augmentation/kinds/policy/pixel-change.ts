/** What a step is fed for the changes of pixels of TrivialAugment and RandAugment: an operation in, nine numbers out. */
import type { Operation } from './operations.ts';

/** Numbers of one image; `unchanged` but for those of what is done. */
export interface PixelChange {
  /** Share that stays of the image where it is mixed with `black`, `grey`, `meanGrey` or `smooth`: 1 for all of it. */
  readonly factor: number;
  /** 1 for what it is mixed with, else 0. */
  readonly black: number;
  readonly grey: number;
  readonly meanGrey: number;
  readonly smooth: number;
  /** Of Posterize, 2 to the power of the bits; 0 for none. */
  readonly levels: number;
  /** Of Solarize: from this value on turned into the negative; above 255 for none. */
  readonly threshold: number;
  /** 1 where they are done. */
  readonly autoContrast: number;
  readonly equalize: number;
}

/** In the order in which they are fed. */
export const unchangedPixels: PixelChange = {
  factor: 1,
  black: 0,
  grey: 0,
  meanGrey: 0,
  smooth: 0,
  levels: 0,
  threshold: 256,
  autoContrast: 0,
  equalize: 0,
};

export const pixelNumbers = Object.keys(unchangedPixels) as readonly (keyof PixelChange)[];

/** @returns `unchangedPixels` for an operation that moves pixels, or does nothing */
export function pixelChangeOf({ name, magnitude }: Operation): PixelChange {
  return { ...unchangedPixels, ...changeOf(name, magnitude) };
}

function changeOf(name: Operation['name'], magnitude: number): Partial<PixelChange> {
  switch (name) {
    case 'brightness':
      return { factor: magnitude, black: 1 };
    case 'colour':
      return { factor: magnitude, grey: 1 };
    case 'contrast':
      return { factor: magnitude, meanGrey: 1 };
    case 'sharpness':
      return { factor: magnitude, smooth: 1 };
    case 'posterize':
      // A byte has no more than 8, so that all of them are the image itself.
      return magnitude === 8 ? {} : { levels: 2 ** magnitude };
    case 'solarize':
      return { threshold: 255 * magnitude };
    case 'autoContrast':
      return { autoContrast: 1 };
    case 'equalize':
      return { equalize: 1 };
    default:
      return {};
  }
}
