/**
 * Checksums that tell whether bytes are still those that were written: XXH64 in hexadecimal, some gigabytes a second. They
 * are no protection from somebody who changes a file on purpose. https://github.com/Cyan4973/xxHash
 */
import xxhash from 'xxhash-wasm';

const { create64 } = await xxhash();

/** Bytes that are copied into the memory of the WebAssembly at a time: what a processor's second cache holds. */
const PIECE = 1 << 18;

/** @returns 16 hexadecimal digits */
export function checksumOf(content: string | Uint8Array): string {
  const hash = create64();
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += PIECE) hash.update(bytes.subarray(at, at + PIECE));
  return hash.digest().toString(16).padStart(16, '0');
}
