/** One member of a zip file, bounded: a few bytes can say that they are a billion. */
import { unzipSync } from 'fflate';

/** Node reads no more at once; 0.5 billion numbers are more than any network here has with the slots of its optimizer. */
export const MOST_BYTES = 2 ** 31;
/** Deflate makes at most 1,032 bytes of one (RFC 1951). */
const MOST_GROWTH = 1032;

/**
 * @returns the member's bytes; undefined where there is none of this name
 * @throws Error where it is too large, or not what the file says of it
 */
export function memberOf(zip: Uint8Array, member: string): Uint8Array | undefined {
  let said = 0;
  const found = unzipSync(zip, {
    filter: ({ name, size, originalSize, compression }) => {
      if (name !== member) return false;
      if (originalSize > MOST_BYTES)
        throw new Error(`its ${member} would be ${originalSize} bytes, at most ${MOST_BYTES} are read`);
      if (originalSize > MOST_GROWTH * size || (compression === 0 && originalSize !== size))
        throw new Error(`its ${member} cannot be ${originalSize} bytes: the file has ${size} of it`);
      said = originalSize;
      return true;
    },
  })[member];
  if (found !== undefined && found.length !== said)
    throw new Error(`its ${member} should be ${said} bytes and is ${found.length}`);
  return found;
}
