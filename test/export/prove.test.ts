/** What is called equal, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neutralDecision } from '../../src/bundle/model.ts';
import type { OpenedExport } from '../../src/export/format.ts';
import type { ProofImages } from '../../src/export/images.ts';
import { prove } from '../../src/export/prove.ts';
import { headOf, idle } from './models.ts';

const description = { heads: [headOf('look', 2)], decisions: { look: neutralDecision } };
const images: ProofImages = {
  source: 'folder',
  words: 'two images',
  count: 2,
  notes: [],
  batches: [
    {
      names: ['a.jpg', 'b.jpg'],
      pixels_NSS3: new Uint8Array(6),
      probabilities: { look: Float32Array.of(0.25, 0.75, 0.5, 0.5) },
    },
  ],
};

const answering = (probabilities: number[], classes: number[]): OpenedExport => ({
  run: async () => ({
    look: { probabilities: Float32Array.from(probabilities), classes: Int32Array.from(classes) },
  }),
  close: async () => undefined,
});

test('prove - by hand: the largest difference and where it is', async () => {
  const proved = await prove(answering([0.25, 0.75, 0.375, 0.625], [1, 1]), description, images, idle);
  assert.deepEqual(
    { ...proved, millisecondsPerImage: 0 },
    {
      images: 2,
      largestDifference: 0.125,
      head: 'look',
      image: 'b.jpg',
      // The model answers the first of two that are alike.
      otherAnswers: 1,
      wrongClasses: 0,
      millisecondsPerImage: 0,
    },
  );
});

test('prove - classes that its own probabilities do not say are wrong', async () => {
  const proved = await prove(answering([0.25, 0.75, 0.5, 0.5], [0, -1]), description, images, idle);
  assert.deepEqual([proved.wrongClasses, proved.otherAnswers, proved.largestDifference], [2, 2, 0]);
});

test('prove - what is no number is as wrong as can be', async () => {
  const proved = await prove(answering([0.25, Number.NaN, 0.5, 0.5], [0, 0]), description, images, idle);
  assert.equal(proved.largestDifference, Number.POSITIVE_INFINITY);
});

test('prove - too few answers are an error', async () => {
  await assert.rejects(
    prove(answering([0.25, 0.75], [1]), description, images, idle),
    /expected 4 probabilities of look, got 2/,
  );
});

test('prove - stops between batches', async () => {
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(
    prove(answering([], []), description, images, { ...idle, signal: controller.signal }),
    /aborted/,
  );
});
