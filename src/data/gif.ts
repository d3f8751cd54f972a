/**
 * Whether the first picture of a GIF is whole. In: a file's bytes. Out: what is wrong. libvips reads a picture that ends
 * early as if the rest were transparent, and does not warn; so the pixels that its codes stand for are counted here.
 *
 * The format: GIF89a (CompuServe, 1990), appendix F. Codes of LZW stand for runs of pixels; each but the first after a
 * clearing also adds an entry to the table, one pixel longer than the run before it.
 */

const truncated = 'the file ends before the image does (truncated)';
const MOST_CODES = 4096;

/** @returns one sentence without a full stop; null where all pixels are there, or where it is left to the decoder to judge */
export function gifFault(bytes: Uint8Array): string | null {
  const table = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + table(bytes[10] ?? 0);
  // Extensions, each of blocks with their lengths before them.
  while (bytes[at] === 0x21) {
    at += 2;
    while (bytes[at] !== undefined && bytes[at] !== 0) at += 1 + bytes[at]!;
    at += 1;
  }
  if (at + 11 > bytes.length) return truncated;
  // 0x2c begins a picture: place, size, flags.
  if (bytes[at] !== 0x2c) return 'damaged: no picture where one should begin';
  const [width, height] = [bytes[at + 5]! | (bytes[at + 6]! << 8), bytes[at + 7]! | (bytes[at + 8]! << 8)];
  const begin = at + 10 + table(bytes[at + 9]!);
  const codeBits = bytes[begin] ?? 0;
  if (codeBits < 1 || codeBits > 11) return 'damaged: codes of an impossible length';
  return missingPixels(blocksFrom(bytes, begin + 1), codeBits, width * height);
}

/** The bytes of blocks with their lengths before them, up to an empty one or the file's end. */
function* blocksFrom(bytes: Uint8Array, from: number): Generator<number> {
  for (let at = from; at < bytes.length && bytes[at] !== 0; at += 1 + bytes[at]!)
    yield* bytes.subarray(at + 1, at + 1 + bytes[at]!);
}

/** @param codeBits of the pixels themselves: the codes behind them clear the table and end the picture */
function missingPixels(data: Iterable<number>, codeBits: number, pixels: number): string | null {
  const clear = 1 << codeBits;
  /** Pixels that a code stands for. */
  const runs = new Int32Array(MOST_CODES).fill(1, 0, clear);
  let [next, bits] = [clear + 2, codeBits + 1];
  let [held, heldBits] = [0, 0];
  let before = 0;
  let found = 0;
  for (const byte of data) {
    held |= byte << heldBits;
    heldBits += 8;
    while (heldBits >= bits) {
      const code = held & ((1 << bits) - 1);
      held >>>= bits;
      heldBits -= bits;
      if (code === clear) {
        [next, bits, before] = [clear + 2, codeBits + 1, 0];
        continue;
      }
      if (code === clear + 1) return found < pixels ? truncated : null;
      if (before > 0 && next < MOST_CODES) {
        runs[next++] = before + 1;
        if (next === 1 << bits && bits < 12) bits += 1;
      }
      if (code >= next || (before === 0 && code >= clear)) return 'damaged: a code that stands for nothing';
      before = runs[code]!;
      found += before;
      if (found >= pixels) return null;
    }
  }
  return truncated;
}
