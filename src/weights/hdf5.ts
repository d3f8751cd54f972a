/**
 * Weights that Keras wrote as HDF5, in both of its ways.
 *
 *   Keras 3, `.weights.h5`:  …/vars, attribute name = <layer>, datasets 0, 1, … in the order of the layer's weights
 *   Keras 2 and 3, `.h5`:    [model_weights/]<layer>, attribute weight_names = [<layer>/kernel:0, …], datasets of those names
 */
import { Dataset, File, Group } from 'jsfive';
import { type FileTensor, WeightsFileError } from './tensor.ts';

/** Weights by the number that they have in a layer of as many, as Keras builds its layers. */
const inOrder: Readonly<Record<number, readonly string[]>> = {
  1: ['kernel'],
  2: ['kernel', 'bias'],
  4: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
};

/** Attributes without which a file says less than it holds. */
const NEEDED = /Attribute (name|layer_names|weight_names) /;

/**
 * What jsfive does not understand it writes to the console, and reads on. Nothing of that reaches a terminal, as it holds
 * words of the file.
 * @throws Error where an attribute that is needed is among it
 */
function quietly<T>(read: () => T): T {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (...words: unknown[]): void => void said.push(words.join(' '));
  try {
    const result = read();
    const needed = said.map((line) => NEEDED.exec(line)?.[1]).find((name) => name !== undefined);
    if (needed !== undefined) throw new Error(`its attribute ${needed} can't be read`);
    return result;
  } finally {
    console.warn = warn;
  }
}

/** @param bytes the whole file */
export function readHdf5(bytes: Uint8Array): { format: string; tensors: FileTensor[] } {
  return quietly(() => read(bytes));
}

function read(bytes: Uint8Array): { format: string; tensors: FileTensor[] } {
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const file = new File(whole, 'weights');
  const legacy = file.keys.includes('model_weights') ? file.get('model_weights') : file;
  if (legacy instanceof Group && 'layer_names' in legacy.attrs)
    return { format: 'Keras (.h5)', tensors: legacyTensors(legacy) };
  return { format: 'Keras 3 (.weights.h5)', tensors: [...variableGroups(file, '')].flatMap(groupTensors) };
}

/** Layers without weights have none of these lists, or empty ones. */
function legacyTensors(root: Group): FileTensor[] {
  return texts(root.attrs.layer_names).flatMap((layer) => {
    const group = root.get(layer);
    if (!(group instanceof Group)) throw new Error(`it names a layer ${layer}, which it does not have`);
    return texts(group.attrs.weight_names).map((written) =>
      tensor(`${layer}/${written}`, [legacyTarget(layer, written)], group.get(written)),
    );
  });
}

/** Keras 2 has layers with slashes in their names, numbers its weights, and gives depthwise kernels a name of their own. */
function legacyTarget(layer: string, written: string): string {
  const weight = written
    .replace(/:\d+$/, '')
    .split('/')
    .at(-1)!
    .replace(/^depthwise_kernel$/, 'kernel');
  return `${layer.replaceAll('/', '_')}/${weight}`;
}

interface VariableGroup {
  readonly path: string;
  readonly group: Group;
}

function* variableGroups(group: Group, path: string): Generator<VariableGroup> {
  for (const key of group.keys) {
    const child = group.get(key);
    if (!(child instanceof Group)) continue;
    const here = path === '' ? key : `${path}/${key}`;
    if (key === 'vars') yield { path: here, group: child };
    else yield* variableGroups(child, here);
  }
}

function groupTensors({ path, group }: VariableGroup): FileTensor[] {
  const { name } = group.attrs;
  const numbers = group.keys.filter((key) => /^\d+$/.test(key));
  if (numbers.length > 0 && typeof name !== 'string') {
    throw new WeightsFileError(
      `expected the names of the layers, found none at ${path}`,
      'It was written by an early Keras 3: load it and save it with a newer one, or save it as .h5.',
    );
  }
  return numbers.map((key) => {
    const weight = inOrder[numbers.length]?.[Number(key)];
    return tensor(
      `${name}/${weight ?? key}`,
      weight === undefined ? [] : [`${name}/${weight}`],
      group.get(key),
    );
  });
}

function tensor(name: string, targets: readonly string[], dataset: Group | Dataset | null): FileTensor {
  if (!(dataset instanceof Dataset)) throw new Error(`it names ${name}, and has no values of it`);
  const shape: unknown = dataset.shape;
  if (!Array.isArray(shape) || !shape.every((side) => Number.isSafeInteger(side) && side >= 0))
    throw new Error(`the shape of ${name} is no list of whole numbers`);
  return { name, targets, shape, read: () => quietly(() => Float32Array.from(dataset.value)) };
}

function texts(attribute: unknown): string[] {
  return Array.isArray(attribute) ? attribute.map(String) : [];
}
