// Files read in threads of libuv's pool, in one go: to digests, and JPEG files to squares of pixels. The binding's own
// functions (binding.ts). The first call loads TensorFlow's library.

/** src/native/addon.cc */
interface FileBinding {
  decodeJpeg(
    path: string,
    side: number,
    fit: number,
    file: number,
    offset: number,
  ): Promise<true | ArrayBuffer | null>;
  digestFile(path: string): Promise<string | null>;
}

/** In the order of the C++ `enum class Fit`. */
const fits = ['stretch', 'crop', 'pad'] as const;

let loaded: Promise<FileBinding> | undefined;

async function load(): Promise<FileBinding> {
  const { tensorflowBinding } = await import('./binding.ts');
  return tensorflowBinding() as unknown as FileBinding;
}

/**
 * Decodes into a file: upright by EXIF, scaled by a linear filter as wide as a pixel of the smaller image. The pixels, side
 * × side × 3 bytes, HWC, RGB, never come to JavaScript.
 * @param side of the result in pixels
 * @param file descriptor of a file that stays open until the answer
 * @param offset of the first pixel in the file, in bytes
 * @returns true; null for a file that is no JPEG, cannot be read, is damaged in any way, or whose colours are those of a
 *   profile or inks, and where writing failed: whoever asks has to find another way, or what is wrong
 * @throws RunError where TensorFlow is not set up
 */
export async function decodeJpeg(
  path: string,
  side: number,
  fit: (typeof fits)[number],
  file: number,
  offset: number,
): Promise<true | null> {
  loaded ??= load();
  return (await (await loaded).decodeJpeg(path, side, fits.indexOf(fit), file, offset)) === null
    ? null
    : true;
}

/**
 * As `decodeJpeg`, into memory.
 * @returns the pixels, side × side × 3 bytes, HWC, RGB; null as above
 */
export async function decodeJpegToMemory(
  path: string,
  side: number,
  fit: (typeof fits)[number],
): Promise<Uint8Array | null> {
  loaded ??= load();
  const pixels = await (await loaded).decodeJpeg(path, side, fits.indexOf(fit), -1, 0);
  return pixels instanceof ArrayBuffer ? new Uint8Array(pixels) : null;
}

/**
 * @returns SHA-256 of the bytes in hexadecimal; null for a file that cannot be read or is empty, where whoever asks has to
 *   find what is wrong
 * @throws RunError where TensorFlow is not set up
 */
export async function digestFile(path: string): Promise<string | null> {
  loaded ??= load();
  return (await loaded).digestFile(path);
}
