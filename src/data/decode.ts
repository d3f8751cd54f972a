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
  const pixels = await sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .flatten({ background: 'black' })
    .resize(size, size, { fit: sharpFit[fit], kernel: 'linear', background: 'black' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  if (pixels.length !== size * size * 3) {
    throw new Error(`expected ${size * size * 3} bytes of pixels, got ${pixels.length}`);
  }
  return pixels;
}

/** Why a file cannot be decoded, as one sentence without a full stop. */
export function decodeFault(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/premature end|unexpected end|truncat/i.test(said))
    return 'the file ends before the image does (truncated)';
  if (/unsupported image format/i.test(said)) return 'not an image, or of a format that is not supported';
  return `cannot be decoded: ${said.split('\n')[0]!.trim()}`;
}
