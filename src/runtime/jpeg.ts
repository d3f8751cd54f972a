// JPEG files to squares of pixels: the binding's own function, by its place past tfjs, which takes a second more to load.
import { createRequire } from 'node:module';
import { places } from './stamp.mjs';

/** src/runtime/native/addon.cc */
interface JpegBinding {
  decodeJpeg(path: string, side: number, fit: number): Promise<Uint8Array | null>;
}

/** In the order of the C++ `enum class Fit`. */
const fits = ['stretch', 'crop', 'pad'] as const;

let loaded: Promise<JpegBinding> | undefined;

async function load(): Promise<JpegBinding> {
  await import('./before-tfjs.ts');
  return createRequire(import.meta.url)(places().binding) as JpegBinding;
}

/**
 * Decodes in a thread of libuv's pool: upright by EXIF, scaled by a linear filter as wide as a pixel of the smaller image.
 * The first call loads TensorFlow's library.
 * @param side of the result in pixels
 * @returns side × side × 3 bytes, HWC, RGB; null for a file that is no JPEG, cannot be read, is damaged in any way, or whose
 *   colours are those of a profile or inks: whoever asks has to find another way, or what is wrong
 * @throws RunError where TensorFlow is not set up
 */
export async function decodeJpeg(
  path: string,
  side: number,
  fit: (typeof fits)[number],
): Promise<Uint8Array | null> {
  loaded ??= load();
  return (await loaded).decodeJpeg(path, side, fits.indexOf(fit));
}
