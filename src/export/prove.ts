/**
 * Does an exported file answer as the model does? It is run on the images, and every probability is compared. Its classes
 * must be those that the model's decisions make of its own probabilities. Shape letters: N images, K classes.
 */
import { decide } from '../bundle/decide.ts';
import type { ModelDescription } from '../bundle/model.ts';
import type { ExportedAnswers, OpenedExport } from './format.ts';
import type { ProofBatch, ProofImages } from './images.ts';

export interface Proved {
  readonly images: number;
  /** Of a probability from the model's own; infinite where one is no number. */
  readonly largestDifference: number;
  /** Where it is. */
  readonly head: string;
  readonly image: string;
  /** Answers that are others than the model's: a hair may decide between two classes. */
  readonly otherAnswers: number;
  /** Classes that are not what the decisions make of the file's own probabilities. */
  readonly wrongClasses: number;
  /** Milliseconds an image, in batches. */
  readonly millisecondsPerImage: number;
}

export interface ProveOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** @throws RunError where the file does not give what it should */
export async function prove(
  opened: OpenedExport,
  description: Pick<ModelDescription, 'heads' | 'decisions'>,
  { batches, count }: ProofImages,
  { signal, onProgress }: ProveOptions,
): Promise<Proved> {
  let proved: Proved = {
    images: 0,
    largestDifference: 0,
    head: description.heads[0]!.name,
    image: batches[0]!.names[0]!,
    otherAnswers: 0,
    wrongClasses: 0,
    millisecondsPerImage: 0,
  };
  let spent = 0;
  for (const batch of batches) {
    signal.throwIfAborted();
    const begun = performance.now();
    const answers = await opened.run(batch.pixels_NSS3);
    spent += performance.now() - begun;
    proved = compared(proved, description, batch, answers);
    onProgress(proved.images, count);
  }
  return { ...proved, millisecondsPerImage: spent / proved.images };
}

function compared(
  before: Proved,
  { heads, decisions }: Pick<ModelDescription, 'heads' | 'decisions'>,
  { names, probabilities }: ProofBatch,
  answers: Readonly<Record<string, ExportedAnswers>>,
): Proved {
  let { largestDifference, head, image, otherAnswers, wrongClasses } = before;
  for (const described of heads) {
    const { name, classes } = described;
    const expected = probabilities[name]!;
    const found = answers[name];
    if (found?.probabilities.length !== expected.length || found.classes.length !== names.length)
      throw new Error(
        `expected ${expected.length} probabilities of ${name}, got ${found?.probabilities.length}`,
      );
    expected.forEach((p, i) => {
      const off = Math.abs(p - found.probabilities[i]!);
      // One that is no number is as wrong as can be.
      const difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
      if (difference <= largestDifference) return;
      largestDifference = difference;
      head = name;
      image = names[Math.floor(i / classes.length)]!;
    });
    const answerOf = (all: Float32Array, row: number): number => {
      const own = all.subarray(row * classes.length, (row + 1) * classes.length);
      return decide(own, described, decisions[name]!).class ?? -1;
    };
    names.forEach((_, row) => {
      const answer = found.classes[row]!;
      if (answer !== answerOf(expected, row)) otherAnswers += 1;
      if (answer !== answerOf(found.probabilities, row)) wrongClasses += 1;
    });
  }
  return {
    ...before,
    images: before.images + names.length,
    largestDifference,
    head,
    image,
    otherAnswers,
    wrongClasses,
  };
}
