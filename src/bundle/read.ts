/**
 * Reads a model's folder. Nothing in it is believed before it was checked: the description field by field, the weights by
 * their digest, shape by shape against the network, number by number.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ExperimentError } from '../errors.ts';
import { type LazyTensor, type StoredTensor, safeTensorsOf } from '../weights/safetensors.ts';
import { checkDescription } from './check-description.ts';
import { type Model, type ModelDescription, modelFiles, type Proof } from './model.ts';

/** A description is mostly the network's, some hundred bytes a layer. */
const MOST_DESCRIPTION_BYTES = 64e6;
/** Names in one message. */
const SHOWN = 5;

/**
 * @param folder that holds `model.json`
 * @throws ExperimentError `badModel`, or `fileNotFound` where there is no such folder
 */
export function readModel(folder: string): Model {
  const absolute = resolve(folder);
  const description = readDescription(absolute);
  const bytes = readPart(absolute, modelFiles.weights, description.weights.bytes, description.weights.sha256);
  const weights = checkWeights(join(absolute, modelFiles.weights), bytes, description);
  return { folder: absolute, description, weights, readProof: () => readProof(absolute, description) };
}

/** The description alone. @throws as `readModel` */
export function readDescription(folder: string): ModelDescription {
  const file = join(folder, modelFiles.description);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    throw new ExperimentError([
      {
        code: 'fileNotFound',
        path: '',
        message: `expected a model's folder, found no ${modelFiles.description} in ${folder}`,
      },
    ]);
  }
  if (size > MOST_DESCRIPTION_BYTES) throw bad(`${file} has ${size} bytes, far more than a description`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad(`${file} is not whole: ${error.message}`);
  }
  return checkDescription(value, file);
}

/** A file of the folder, as long as it should be and with the digest that it should have. */
function readPart(folder: string, name: string, bytes: number | null, sha256: string): Buffer {
  const file = join(folder, name);
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw bad(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (bytes !== null && content.length !== bytes)
    throw bad(`${file} has ${content.length} bytes, ${modelFiles.description} says ${bytes}`);
  const found = createHash('sha256').update(content).digest('hex');
  if (found !== sha256) {
    throw bad(
      `${file} is not the one that ${modelFiles.description} speaks of: its SHA-256 begins with ${found.slice(0, 12)}, not ${sha256.slice(0, 12)}`,
    );
  }
  return content;
}

function checkWeights(file: string, bytes: Buffer, { network }: ModelDescription): Map<string, StoredTensor> {
  const tensors = tensorsOf(file, bytes);
  const specs = network.layers.flatMap((layer) => layer.weights);
  const wanted = new Set(specs.map(({ name }) => name));
  const missing = [...wanted].filter((name) => !tensors.has(name));
  if (missing.length > 0) throw bad(`${file} lacks ${listed(missing)}, which the network needs`);
  const strange = [...tensors.keys()].filter((name) => !wanted.has(name));
  if (strange.length > 0) throw bad(`${file} holds ${listed(strange)}, which the network does not have`);
  return new Map(
    specs.map(({ name, shape }) => {
      const tensor = tensors.get(name)!;
      if (tensor.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
        throw bad(
          `${file}: expected ${name} as F32 [${shape.join(', ')}], found ${tensor.dtype} [${tensor.shape.join(', ')}]`,
        );
      }
      const values = tensor.read();
      if (!allFinite(values)) throw bad(`${file}: ${name} holds numbers that are not finite`);
      return [name, { shape, values }];
    }),
  );
}

function readProof(folder: string, { proof, input, heads }: ModelDescription): Proof | null {
  if (proof === null) return null;
  const file = join(folder, modelFiles.proof);
  const tensors = tensorsOf(file, readPart(folder, modelFiles.proof, null, proof.sha256));
  const { by, device, images } = proof;
  const side = input.decodedSize;
  const take = (name: string, dtype: string, shape: readonly number[]): LazyTensor => {
    const tensor = tensors.get(name);
    if (tensor?.dtype === dtype && tensor.shape.join() === shape.join()) return tensor;
    const found = tensor === undefined ? 'none' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    throw bad(`${file}: expected ${name} as ${dtype} [${shape.join(', ')}], found ${found}`);
  };
  const pixels_NSS3 = take('images', 'U8', [images.length, side, side, 3]).bytes();
  const probabilities_NK = new Map(
    heads.map(({ name, classes }) => [
      name,
      take(`probabilities/${name}`, 'F32', [images.length, classes.length]).read(),
    ]),
  );
  for (const [head, values] of probabilities_NK)
    if (!allFinite(values)) throw bad(`${file}: the probabilities of ${head} are not all numbers`);
  return { by, device, images, pixels_NSS3, probabilities_NK };
}

function tensorsOf(file: string, bytes: Buffer): ReadonlyMap<string, LazyTensor> {
  try {
    return safeTensorsOf(bytes).tensors;
  } catch (cause) {
    throw bad(`${file} is not a whole safetensors file: ${(cause as Error).message}`);
  }
}

/** Millions of numbers at each start: a loop takes a fifth of the time of `every`. */
function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function bad(message: string): ExperimentError {
  const hint = 'Copy the folder again, or write it again from its run.';
  return new ExperimentError([{ code: 'badModel', path: '', message, hint }]);
}
