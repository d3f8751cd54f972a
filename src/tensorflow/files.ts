// Files read in threads of libuv's pool, in one go: to digests, and JPEG files to squares of pixels. The binding's own
// functions (binding.ts). The first call loads TensorFlow's library.

/** src/native/addon.cc */
interface FileBinding {
  decodeJpeg(
    from: string | Uint8Array,
    side: number,
    fit: number,
    file: number,
    offset: number,
  ): Promise<true | ArrayBuffer | string | null>;
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
 * @returns true; what is wrong, in libjpeg's words, for a file that is damaged; null for a file that is no JPEG, cannot be
 *   read, does not end as a JPEG does, or whose colours are those of a profile or inks, and where writing failed: whoever
 *   asks has to find another way, or what is wrong
 * @throws RunError where TensorFlow is not set up
 */
export async function decodeJpeg(
  path: string,
  side: number,
  fit: (typeof fits)[number],
  file: number,
  offset: number,
): Promise<true | string | null> {
  loaded ??= load();
  const answer = await (await loaded).decodeJpeg(path, side, fits.indexOf(fit), file, offset);
  return answer instanceof ArrayBuffer ? true : answer;
}

/**
 * As `decodeJpeg`, into memory.
 * @param from path, or what the file holds
 * @returns the pixels, side × side × 3 bytes, HWC, RGB; a string and null as above
 */
export async function decodeJpegToMemory(
  from: string | Uint8Array,
  side: number,
  fit: (typeof fits)[number],
): Promise<Uint8Array | string | null> {
  loaded ??= load();
  const answer = await (await loaded).decodeJpeg(from, side, fits.indexOf(fit), -1, 0);
  if (answer instanceof ArrayBuffer) return new Uint8Array(answer);
  return answer === true ? null : answer;
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
