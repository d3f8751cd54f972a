/** The values of a tensor of a file, checked: as many as its shape says, and numbers that a network can compute with. */
import type { FileTensor } from './tensor.ts';

/** @throws Error that names the tensor and says what is wrong with it */
export function valuesOf({ name, shape, read }: FileTensor): Float32Array {
  const values = attempt(name, read);
  const count = shape.reduce((product, side) => product * side, 1);
  if (values.length !== count)
    throw new Error(`${name} [${shape.join(', ')}] needs ${count} values and has ${values.length}`);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`${name} holds ${values[wrong]}, value ${wrong + 1} of ${count}`);
  return values;
}

function attempt(name: string, read: () => Float32Array): Float32Array {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${name} can't be read: ${(cause as Error).message}`, { cause });
  }
}
