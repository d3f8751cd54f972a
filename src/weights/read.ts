/**
 * A file of weights by what it holds, not by its name: safetensors, HDF5 of Keras, or `.keras`, a zip around the latter.
 * Names are those of the file; which of them a network has is decided in match.ts.
 */
import { createHash } from 'node:crypto';
import { readRegularFile } from '../machine/regular-file.mjs';
import { verifyChecksums } from './checksums.ts';
import { readHdf5 } from './hdf5.ts';
import { isFloatingPoint, safeTensorsOf } from './safetensors.ts';
import { type FileTensor, type WeightsFile, WeightsFileError } from './tensor.ts';
import { fromTorch } from './torch-names.ts';
import { MOST_BYTES, memberOf } from './zip.ts';

/** What the variables of a network are called in the checkpoints of a run. */
const OWN_PREFIX = 'weights/';
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The member of a `.keras` file that holds the weights. */
const KERAS_MEMBER = 'model.weights.h5';

/** @throws WeightsFileError where the file cannot be read, or is of no known format */
export function readWeightsFile(file: string): WeightsFile {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(file, MOST_BYTES);
  } catch (cause) {
    throw new WeightsFileError(
      `it can't be read (${(cause as NodeJS.ErrnoException).code})`,
      'Give a file that is there and may be read.',
    );
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  try {
    return { digest, ...contentOf(bytes) };
  } catch (cause) {
    if (cause instanceof WeightsFileError) throw cause;
    throw new WeightsFileError(
      `it is not a whole file of weights: ${(cause as Error).message}`,
      'Known are safetensors, and .weights.h5, .h5 and .keras of Keras.',
    );
  }
}

function contentOf(bytes: Buffer): Omit<WeightsFile, 'digest'> {
  if (startsWith(bytes, HDF5)) return readHdf5(bytes);
  if (!startsWith(bytes, ZIP)) return { format: 'safetensors', tensors: ofSafeTensors(bytes) };
  const member = memberOf(bytes, KERAS_MEMBER);
  if (member === undefined) throw new Error(`the zip file holds no ${KERAS_MEMBER}`);
  return { ...readHdf5(member), format: 'Keras 3 (.keras)' };
}

function startsWith(bytes: Buffer, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/** Names with a slash are ours; those of PyTorch have dots. Optimizers' slots and counters are no weights of a network. */
function ofSafeTensors(bytes: Buffer): FileTensor[] {
  const { tensors, metadata } = safeTensorsOf(bytes);
  verifyChecksums(tensors, metadata);
  const isCheckpoint = [...tensors.keys()].some((name) => name.startsWith(OWN_PREFIX));
  return [...tensors].map(([name, { dtype, shape, read }]) => {
    if (!isFloatingPoint(dtype)) return { name, targets: [], shape, read };
    if (!name.includes('/')) return fromTorch(name, shape, read);
    const isWeight = !isCheckpoint || name.startsWith(OWN_PREFIX);
    const target = isCheckpoint ? name.slice(OWN_PREFIX.length) : name;
    return { name, targets: isWeight ? [target] : [], shape, read };
  });
}
