/** Models with random weights, written as a run would write them, for exports: no training is needed to compare two programs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalizeImages } from '../../src/augmentation/apply/normalize.ts';
import type { Normalization } from '../../src/augmentation/normalization.ts';
import {
  type Decision,
  FORMAT,
  FORMAT_VERSION,
  type HeadDescription,
  type InputDescription,
  type Model,
  neutralDecision,
} from '../../src/bundle/model.ts';
import { createPredictor, type Predictor } from '../../src/bundle/predictor.ts';
import { readModel } from '../../src/bundle/read.ts';
import { type ModelContent, writeModel } from '../../src/bundle/write.ts';
import { decoderVersion } from '../../src/data/decoder-version.ts';
import type { ProofImages } from '../../src/export/images.ts';
import type { Network } from '../../src/model/network.ts';
import { computeLayers } from '../../src/network/forward.ts';
import { tensorflowVersion } from '../../src/setup/versions.mjs';
import { tf } from '../../src/tensorflow/tf.ts';
import type { StoredTensor } from '../../src/weights/safetensors.ts';

export const imagenet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

export function headOf(name: string, classes: number, isOrdinal = false): HeadDescription {
  return {
    name,
    column: name,
    kind: 'classes',
    classes: Array.from({ length: classes }, (_, i) => `class${i}`),
    majority: null,
    ordinal: isOrdinal,
    loss: isOrdinal ? 'ordinal' : 'crossEntropy',
    output: isOrdinal ? 'cumulativeSigmoid' : 'softmax',
  };
}

export interface RandomModel {
  readonly network: Network;
  readonly heads: readonly HeadDescription[];
  readonly input?: Partial<InputDescription>;
  readonly decisions?: Readonly<Record<string, Decision>>;
  /** Of a head, whose outputs are centred, so that its probabilities are neither all alike nor 0 and 1. @default 4 */
  readonly largestOutput?: number;
}

/** @param pixels that its outputs are centred and scaled by, decoded images of this side */
export async function randomModel(
  { network, heads, input, decisions, largestOutput = 4 }: RandomModel,
  pixels: (side: number) => Uint8Array | Promise<Uint8Array>,
): Promise<{ model: Model; predictor: Predictor }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'manyheads-export-')), 'model');
  const { outputShape } = network.layers[0]!;
  const side = outputShape[0]!;
  const weights = randomWeights(network);
  settleNorms(network, weights, await pixels(side), input?.normalization ?? imagenet);
  const description: ModelContent['description'] = {
    format: FORMAT,
    version: FORMAT_VERSION,
    name: 'random',
    description: 'Random weights.',
    run: { id: '20261201-120000-random-abcdef', planHash: 'none', dataDigest: null, weightsHash: 'none' },
    versions: { manyheads: '0.1.0', tensorflow: tensorflowVersion, decoder: decoderVersion },
    input: {
      decodedSize: side,
      imageSize: side,
      fit: 'stretch',
      colours: 'rgb',
      resize: { fillMode: 'nearest', fillValue: 0 },
      normalization: imagenet,
      ...input,
    },
    table: { imageColumn: 'image_path', delimiter: ',', missing: [] },
    heads,
    decisions: Object.fromEntries(heads.map(({ name }) => [name, decisions?.[name] ?? neutralDecision])),
    precision: 'float32',
    network,
  };
  writeModel(folder, { description, weights, proof: null });
  const first = await createPredictor(readModel(folder));
  const { heads: predicted } = await first.predict(await pixels(description.input.decodedSize));
  network.heads.forEach(({ head, layer }) => {
    const { outputs } = predicted[head]!;
    const kernel = weights.get(`${layer}/kernel`)!;
    const bias = weights.get(`${layer}/bias`)!;
    const width = bias.values.length;
    const means = bias.values.map((_, j) => {
      const own = outputs.filter((_, i) => i % width === j);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    const farthest = Math.max(...outputs.map((value, i) => Math.abs(value - means[i % width]!)));
    const scale = largestOutput / farthest;
    weights.set(`${layer}/kernel`, { ...kernel, values: kernel.values.map((value) => value * scale) });
    const centred = bias.values.map((value, j) => (value - means[j]!) * scale);
    weights.set(`${layer}/bias`, { ...bias, values: centred });
  });
  writeModel(folder, { description, weights, proof: null });
  const model = readModel(folder);
  return { model, predictor: await createPredictor(model) };
}

/** Kernels as He et al. draw them; norms of which each number matters. */
function randomWeights({ layers }: Network): Map<string, StoredTensor> {
  let state = 42;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    gamma: [0.8, 0.2],
    beta: [0, 0.2],
    bias: [0, 0.2],
    moving_mean: [0, 0.2],
    moving_variance: [1, 0.4],
    p: [3, 0],
  };
  return new Map(
    layers.flatMap(({ weights }) =>
      weights.map(({ name, shape }): [string, StoredTensor] => {
        const size = shape.reduce((product, side) => product * side, 1);
        const fan = name.endsWith('/kernel') ? size / shape.at(-1)! : 1;
        const [middle, half] = ranges[name.split('/').at(-1)!] ?? [0, Math.sqrt(6 / fan)];
        return [
          name,
          { shape, values: Float32Array.from({ length: size }, () => middle + half * uniform()) },
        ];
      }),
    ),
  );
}

/** Moving averages that are those of the images, so that what goes through many layers neither vanishes nor grows. */
function settleNorms(
  network: Network,
  weights: Map<string, StoredTensor>,
  pixels: Uint8Array,
  normalization: Normalization,
): void {
  tf.tidy(() => {
    const side = network.layers[0]!.outputShape[0]!;
    const images = tf.tensor4d(Float32Array.from(pixels), [pixels.length / (side * side * 3), side, side, 3]);
    const tensors = new Map(
      [...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]),
    );
    const { averages } = computeLayers(network, tensors, normalizeImages(images, normalization), {
      training: true,
      trainable: new Set(['backbone', 'tower', 'heads']),
      step: tf.scalar(0, 'int32'),
      seed: 0,
    });
    for (const layer of network.layers) {
      if (layer.type !== 'batchNorm') continue;
      const { momentum } = layer.settings;
      for (const { name, shape } of layer.weights.filter((weight) => averages.has(weight.name))) {
        const before = weights.get(name)!.values;
        const moved = averages.get(name)!.dataSync() as Float32Array;
        const own = moved.map((value, i) => (value - momentum * before[i]!) / (1 - momentum));
        // Channels that hardly differ between a few images would make rounding a hundred times as large.
        const usual = own.reduce((sum, value) => sum + value, 0) / own.length;
        const values = name.endsWith('variance') ? own.map((value) => Math.max(value, usual)) : own;
        weights.set(name, { shape, values });
      }
    }
  });
}

/** Images with large and small patterns, another for each seed, as a camera would not take them. */
export function drawnPixels(count: number, side: number): Uint8Array {
  const pixels = new Uint8Array(count * side * side * 3);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        for (let c = 0; c < 3; c++) {
          const wave = Math.sin((x * (image + 1)) / side + c) * Math.cos((y * (c + 1 + (image % 5))) / 3);
          pixels[at++] = 128 + 90 * wave + 30 * Math.sin(x * y * (image + 2));
        }
      }
    }
  }
  return pixels;
}

/** These images as a proof would have them. */
export async function proofOf(predictor: Predictor, pixels: Uint8Array): Promise<ProofImages> {
  const { decodedSize } = predictor.model.description.input;
  const count = pixels.length / (decodedSize ** 2 * 3);
  const { heads } = await predictor.predict(pixels);
  const probabilities = Object.fromEntries(
    Object.entries(heads).map(([head, own]) => [head, own.probabilities]),
  );
  const names = Array.from({ length: count }, (_, i) => `image ${i}`);
  return {
    source: 'folder',
    words: `${count} drawn images`,
    count,
    notes: [],
    batches: [{ names, pixels_NSS3: pixels, probabilities }],
  };
}

export const idle = { signal: new AbortController().signal, onProgress: () => undefined };
