/** Writes a model's folder: whole, under another name first, so that whoever finds it finds all of it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExperimentError, RunError } from '../errors.ts';
import { writeWholeText } from '../machine/whole.mjs';
import type { StoredTensor, WritableTensor } from '../weights/safetensors.ts';
import { writeSafeTensors } from '../weights/safetensors.ts';
import { checkDescription } from './check-description.ts';
import { type Decision, type ModelDescription, modelFiles, type Proof } from './model.ts';
import { readDescription } from './read.ts';

export interface ModelContent {
  /** What `describeModel` gives. */
  readonly description: Omit<ModelDescription, 'weights' | 'proof'>;
  /** Of all weights of the network, by its names; others are left out. */
  readonly weights: ReadonlyMap<string, StoredTensor>;
  readonly proof: Proof | null;
}

/**
 * Writes the folder in place of one that is there.
 * @throws RunError where it cannot be written; ExperimentError where the content is not that of a model
 */
export function writeModel(folder: string, { description, weights, proof }: ModelContent): void {
  const temporary = `${folder}.${process.pid}.part`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    const names = description.network.layers.flatMap((layer) => layer.weights.map(({ name }) => name));
    const files = {
      weights: join(temporary, modelFiles.weights),
      proof: join(temporary, modelFiles.proof),
    };
    writeSafeTensors(files.weights, {
      tensors: new Map(
        names.flatMap((name) => {
          const tensor = weights.get(name);
          return tensor === undefined ? [] : [[name, tensor] as const];
        }),
      ),
      metadata: { format: description.format },
    });
    if (proof !== null) writeProof(files.proof, proof, description);
    const whole: ModelDescription = {
      ...description,
      weights: { sha256: digestOf(files.weights), bytes: statSync(files.weights).size },
      proof:
        proof === null
          ? null
          : { sha256: digestOf(files.proof), by: proof.by, device: proof.device, images: proof.images },
    };
    writeDescription(temporary, whole);
    replaceFolder(temporary, folder);
  } catch (cause) {
    throw explained(folder, cause);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Writes what `model.json` says of the decisions, and leaves the rest.
 * @param decisions of the heads that change, by name
 * @throws ExperimentError where one is not allowed
 */
export function writeDecisions(folder: string, decisions: Readonly<Record<string, Decision>>): void {
  const description = readDescription(folder);
  writeDescription(folder, { ...description, decisions: { ...description.decisions, ...decisions } });
}

function writeProof(
  file: string,
  { pixels_NSS3, images, probabilities_NK }: Proof,
  { input, heads }: ModelContent['description'],
): void {
  const side = input.decodedSize;
  const tensors = new Map<string, WritableTensor>([
    ['images', { shape: [images.length, side, side, 3], values: pixels_NSS3 }],
  ]);
  for (const { name, classes } of heads) {
    const values = probabilities_NK.get(name)!;
    tensors.set(`probabilities/${name}`, { shape: [images.length, classes.length], values });
  }
  writeSafeTensors(file, { tensors, metadata: {} });
}

function writeDescription(folder: string, description: ModelDescription): void {
  const file = join(folder, modelFiles.description);
  // What would not be read again is not written.
  checkDescription(JSON.parse(JSON.stringify(description)), file);
  writeWholeText(file, formatDescription(description));
}

/** JSON with a line for each layer: hundreds of them, which nobody reads number by number. */
export function formatDescription({ network, ...rest }: ModelDescription): string {
  const { layers, ...others } = network;
  const lines = layers.map((layer) => `      ${JSON.stringify(layer)}`).join(',\n');
  const inner = JSON.stringify(others, null, 2).slice(2, -2).replaceAll('\n', '\n  ');
  const outer = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${outer},\n  "network": {\n    "layers": [\n${lines}\n    ],\n  ${inner}\n  }\n}\n`;
}

/** What the system refuses, by what was being done. */
function explained(folder: string, cause: unknown): unknown {
  if (cause instanceof ExperimentError || cause instanceof RunError) return cause;
  return new RunError(`the model ${folder} could not be written: ${(cause as Error).message}`, { cause });
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Puts a folder in place of another, whole. */
export function replaceFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const old = `${to}.${process.pid}.old`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}
