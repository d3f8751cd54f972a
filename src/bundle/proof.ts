/** Does a model answer what it answered when it was written? Shape letters: N images, S side of a decoded image, K classes. */
import { RunError } from '../errors.ts';
import { tensorflowVersion } from '../setup/versions.mjs';
import type { Model, ModelDescription, Proof } from './model.ts';
import type { Prediction } from './prediction.ts';

/** Images that are kept for it. */
export const PROOF_IMAGES = 8;

/**
 * How far a probability may be off. In float32 on processors the order of sums differs between them, and nothing else;
 * GPUs multiply with 11 bits (TF32), and 16 bits have fewer.
 */
export function proofTolerance(
  { precision, proof }: Pick<ModelDescription, 'precision' | 'proof'>,
  device: 'cpu' | 'gpu',
): number {
  return precision === 'float32' && device === 'cpu' && proof?.device !== 'gpu' ? 1e-4 : 2e-2;
}

/** Some of these rows, evenly spread: the same ones each time. */
export function proofRows(rows: Int32Array): Int32Array {
  const count = Math.min(PROOF_IMAGES, rows.length);
  return Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
}

/**
 * @param predict without temperatures
 * @throws RunError where it answers otherwise; ExperimentError where the proof is not whole
 */
export async function checkProof(
  model: Model,
  device: 'cpu' | 'gpu',
  predict: (pixels_NSS3: Uint8Array, temperatures: Readonly<Record<string, number>>) => Promise<Prediction>,
): Promise<void> {
  const proof = model.readProof();
  if (proof === null) return;
  const neutral = Object.fromEntries(model.description.heads.map(({ name }) => [name, 1]));
  const found = largestDifference(model.description, proof, await predict(proof.pixels_NSS3, neutral));
  if (found.difference <= proofTolerance(model.description, device)) return;
  const { tensorflow, manyheads } = model.description.versions;
  throw new RunError(
    `${model.folder} does not answer as it did when it was written: for ${found.image} a probability of ${found.head} is off by ${found.difference.toPrecision(2)}`,
    {
      hint: `It was written by version ${manyheads} with TensorFlow ${tensorflow}; here is TensorFlow ${tensorflowVersion}. Use that version, or write the model again from its run.`,
    },
  );
}

function largestDifference(
  { heads }: ModelDescription,
  { probabilities_NK, images }: Proof,
  { heads: predicted }: Prediction,
): { difference: number; head: string; image: string } {
  let largest = { difference: 0, head: '', image: '' };
  for (const { name, classes } of heads) {
    const expected = probabilities_NK.get(name)!;
    predicted[name]!.probabilities.forEach((p, i) => {
      const off = Math.abs(p - expected[i]!);
      // One that is no number is as wrong as can be.
      const difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
      if (difference <= largest.difference) return;
      largest = { difference, head: name, image: images[Math.floor(i / classes.length)]! };
    });
  }
  return largest;
}
