/**
 * One image file's bytes to RGB pixels. In: JPEG, PNG, WebP, GIF, TIFF or AVIF of any size and colour. Out: size × size × 3
 * bytes, HWC. Upright by its EXIF, in sRGB, transparency on black, scaled by a linear filter that is as wide as a pixel
 * of the smaller image: every source pixel counts, so nothing flickers when an image is made much smaller.
 */
import sharp from 'sharp';

export type Fit = 'stretch' | 'crop' | 'pad';

const sharpFit = { stretch: 'fill', crop: 'cover', pad: 'contain' } as const;

/** Changes whenever the same file may give other pixels: with our own settings below, sharp, or the libraries in it. */
export const decoderVersion = `1 sharp ${sharp.versions.sharp ?? ''} vips ${sharp.versions.vips}`;

// One thread an image, many images at once; and nothing is decoded twice, so sharp need not remember it.
sharp.concurrency(1);
sharp.cache(false);

/**
 * @param size side of the result in pixels
 * @throws Error that says what is wrong with the file; a truncated file is an error, not a grey lower half
 */
export async function decodeImage(bytes: Uint8Array, size: number, fit: Fit): Promise<Uint8Array> {
  const { autoOrient } = await sharp(bytes).metadata();
  const factors = enlargement(autoOrient.width, autoOrient.height, size, fit);
  const pixels = await sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .flatten({ background: 'black' })
    .resize(size * factors.x, size * factors.y, { fit: sharpFit[fit], kernel: 'linear', background: 'black' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  const expected = size * factors.x * size * factors.y * 3;
  if (pixels.length !== expected)
    throw new Error(`expected ${expected} bytes of pixels, got ${pixels.length}`);
  return takeOdd(pixels, size, factors);
}

/**
 * libvips shrinks with half-pixel centres, but enlarges by f as x' = x / f - 1/2, half a pixel off. At twice the size
 * its odd pixels lie where they should: (2x + 1) / 2f - 1/2 = (x + 1/2) / f - 1/2.
 * @returns 2 for an axis that is enlarged, else 1
 */
function enlargement(width: number, height: number, size: number, fit: Fit): { x: 1 | 2; y: 1 | 2 } {
  const [x, y] = [size / width, size / height];
  const larger = (scale: number) => (scale > 1 ? 2 : 1);
  if (fit === 'stretch') return { x: larger(x), y: larger(y) };
  const both = larger(fit === 'crop' ? Math.max(x, y) : Math.min(x, y));
  return { x: both, y: both };
}

function takeOdd(pixels: Uint8Array, size: number, { x: fx, y: fy }: { x: 1 | 2; y: 1 | 2 }): Uint8Array {
  if (fx === 1 && fy === 1) return pixels;
  const taken = new Uint8Array(size * size * 3);
  for (let y = 0, to = 0; y < size; y++) {
    let from = ((y * fy + fy - 1) * size * fx + fx - 1) * 3;
    for (let x = 0; x < size; x++, from += fx * 3) {
      taken[to++] = pixels[from]!;
      taken[to++] = pixels[from + 1]!;
      taken[to++] = pixels[from + 2]!;
    }
  }
  return taken;
}

/** Why a file cannot be decoded, as one sentence without a full stop. */
export function decodeFault(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/premature end|unexpected end|truncat/i.test(said))
    return 'the file ends before the image does (truncated)';
  if (/unsupported image format/i.test(said)) return 'not an image, or of a format that is not supported';
  return `cannot be decoded: ${said.split('\n')[0]!.trim()}`;
}
