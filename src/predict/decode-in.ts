/** One image among others that are being decoded. */
import { decodeImage, type Fit } from '../data/decode.ts';
import type { Gate } from './gate.ts';

/**
 * @param gate that all images go through
 * @param from path, or what the file holds
 * @param size side of the result in pixels
 * @returns size × size × 3 bytes, or what is wrong with the image
 */
export async function decodeIn(
  { shared, alone }: Gate,
  from: string | Uint8Array,
  size: number,
  fit: Fit,
): Promise<Uint8Array | string> {
  const image = await shared(() => decodeImage(from, size, fit));
  // libvips keeps what went wrong in one place for all threads: each fault is asked for once more, alone.
  return typeof image === 'string' ? alone(() => decodeImage(from, size, fit)) : image;
}
