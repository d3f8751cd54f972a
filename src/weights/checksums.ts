/**
 * Checksums in a safetensors file of our own: one for each tensor, and one over those, the names, the shapes and all other
 * metadata, so that nothing can be changed, taken out or put in without a trace. Files of version 0.1.0 have none.
 */
import { checksumOf } from '../machine/checksum.ts';

/** Keys of the metadata. `checksums` is JSON: checksums by the name of the tensor. */
const OF_TENSORS = 'checksums';
const OF_ALL = 'checksum';

type Metadata = Readonly<Record<string, string>>;

export interface Summed {
  readonly shape: readonly number[];
  bytes(): Uint8Array;
}

/** @returns the metadata with the checksums */
export function withChecksums(tensors: ReadonlyMap<string, Summed>, metadata: Metadata): Metadata {
  const sums = new Map([...tensors].map(([name, tensor]) => [name, checksumOf(tensor.bytes())]));
  const summed = { ...metadata, [OF_TENSORS]: JSON.stringify([...sums]) };
  return { ...summed, [OF_ALL]: sumOfAll(tensors, summed) };
}

/**
 * @returns whether there are checksums, which then are right
 * @throws Error that names what is not as it was written
 */
export function verifyChecksums(tensors: ReadonlyMap<string, Summed>, metadata: Metadata): boolean {
  const { [OF_ALL]: all, ...summed } = metadata;
  if (all === undefined && summed[OF_TENSORS] === undefined) return false;
  if (all !== sumOfAll(tensors, summed))
    throw new Error('its names, shapes or metadata are not those that were written (checksum)');
  const sums = new Map(JSON.parse(summed[OF_TENSORS]!) as [string, string][]);
  const changed = [...tensors].flatMap(([name, tensor]) =>
    sums.get(name) === checksumOf(tensor.bytes()) ? [] : [name],
  );
  if (changed.length > 0) {
    const more = changed.length === 1 ? '' : ` and of ${changed.length - 1} more`;
    throw new Error(`the values of ${changed[0]}${more} are not those that were written (checksum)`);
  }
  return true;
}

function sumOfAll(tensors: ReadonlyMap<string, Summed>, metadata: Metadata): string {
  const sorted = (entries: Iterable<readonly [string, unknown]>): unknown[] =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const shapes = [...tensors].map(([name, { shape }]) => [name, shape] as const);
  return checksumOf(JSON.stringify([sorted(Object.entries(metadata)), sorted(shapes)]));
}
