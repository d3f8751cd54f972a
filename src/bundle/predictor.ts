/** A model that answers: pixels in, probabilities out. Shape letters: B images, S side of a decoded image, K classes of a head. */
import type { ServedProgram } from '../graph/serving.ts';
import { tensorflowBinding } from '../tensorflow/binding.ts';
import { own } from '../words.ts';
import type { Model } from './model.ts';
import type { Prediction, PredictOptions } from './prediction.ts';
import { openProgram, programsFolder } from './programs.ts';
import { checkProof } from './proof.ts';

export interface PredictorOptions {
  /** Images of one call of TensorFlow, at most. @default 32 */
  readonly batchSize?: number;
  /** Where recorded programs are kept. @default `programs` in the machine's cache folder */
  readonly programs?: string;
}

export interface Predictor {
  readonly model: Model;
  /** Pooled features of one image. */
  readonly featureCount: number;
  /**
   * @param pixels_BSSC decoded images one after the other, as `decodeImage` gives them; any number of them
   * @throws RunError where TensorFlow refuses
   */
  predict(pixels_BSSC: Uint8Array, options?: PredictOptions): Promise<Prediction>;
}

/**
 * Loads the model into TensorFlow. Where it has not answered here before, it proves first that it answers what it is said to.
 * @throws RunError where it does not, or cannot be computed
 */
export async function createPredictor(model: Model, options: PredictorOptions = {}): Promise<Predictor> {
  const { batchSize = 32, programs = programsFolder() } = options;
  const { input, heads, network, weights, proof, decisions } = model.description;
  const device = tensorflowBinding().isUsingGpuDevice() ? 'gpu' : 'cpu';
  const values = concatenated([...model.weights.values()].map((weight) => weight.values));
  const imageBytes = input.decodedSize ** 2 * 3;
  const outputWidths = network.heads.map(
    ({ layer }) => network.layers.find(({ name }) => name === layer)!.outputShape[0]!,
  );
  const featureCount = network.layers.find(({ name }) => name === network.pooled)!.outputShape[0]!;
  const opened = new Map<number, Promise<ServedProgram>>();

  async function open(size: number): Promise<ServedProgram> {
    const { program, has, note } = await openProgram(model.description, size, device, programs);
    await program.call('load', { values });
    const proved = `proved-${weights.sha256.slice(0, 16)}-${proof?.sha256.slice(0, 16)}`;
    if (proof !== null && !has(proved)) {
      await checkProof(model, device, (pixels, temperatures) => run(pixels, program, size, { temperatures }));
      note(proved);
    }
    return program;
  }

  /** The program for so many images: for one, or for a batch that is filled up. */
  function programFor(rows: number): { size: number; program: Promise<ServedProgram> } {
    // On a processor one after the other is faster than half a batch; a GPU takes a batch like one image.
    const isFew = rows === 1 || (device === 'cpu' && 2 * rows <= batchSize);
    const size = isFew && !(opened.has(batchSize) && !opened.has(1)) ? 1 : batchSize;
    const program = opened.get(size) ?? open(size);
    opened.set(size, program);
    return { size, program };
  }

  async function run(
    pixels_BSSC: Uint8Array,
    program: ServedProgram,
    size: number,
    { temperatures }: PredictOptions,
  ): Promise<Prediction> {
    const rows = pixels_BSSC.length / imageBytes;
    const divisors = heads.map(({ name }) => own(temperatures, name) ?? decisions[name]!.temperature);
    const parts: Record<string, Float32Array>[] = [];
    for (let first = 0; first < rows; first += size) {
      const part = pixels_BSSC.subarray(first * imageBytes, (first + size) * imageBytes);
      const pixels = part.length === size * imageBytes ? part : filled(part, size * imageBytes);
      const feeds = { pixels, temperatures: Float32Array.from(divisors) };
      parts.push((await program.call('predict', feeds)) as Record<string, Float32Array>);
    }
    const whole = (name: string, width: number): Float32Array =>
      joined(
        parts.map((part) => part[name]!),
        rows * width,
      );
    const classWidths = heads.map(({ classes }) => classes.length);
    const probabilities = columns(whole('probabilities', sum(classWidths)), classWidths);
    const outputs = columns(whole('outputs', sum(outputWidths)), outputWidths);
    return {
      rows,
      heads: Object.fromEntries(
        heads.map(({ name }, h) => [name, { probabilities: probabilities[h]!, outputs: outputs[h]! }]),
      ),
      features: whole('features', featureCount),
    };
  }

  return {
    model,
    featureCount,

    async predict(pixels_BSSC, predictOptions = {}) {
      const rows = pixels_BSSC.length / imageBytes;
      if (!Number.isInteger(rows) || rows === 0)
        throw new Error(`expected images of ${imageBytes} bytes, got ${pixels_BSSC.length} bytes`);
      const { size, program } = programFor(rows);
      const plain = await run(pixels_BSSC, await program, size, predictOptions);
      if (!predictOptions.flip) return plain;
      const mirrored = await run(mirror(pixels_BSSC, input.decodedSize), await program, size, predictOptions);
      return {
        ...plain,
        heads: Object.fromEntries(
          Object.entries(plain.heads).map(([name, { probabilities, outputs }]) => {
            const other = mirrored.heads[name]!.probabilities;
            return [name, { probabilities: probabilities.map((p, i) => (p + other[i]!) / 2), outputs }];
          }),
        ),
      };
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(sum(parts.map(({ length }) => length)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A short batch, filled up with what does not count. */
function filled(pixels: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(pixels);
  return whole;
}

/** One after the other, the first so many. */
function joined(parts: readonly Float32Array[], length: number): Float32Array {
  if (parts.length === 1 && parts[0]!.length === length) return parts[0]!;
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part.subarray(0, length - at), at);
    at += part.length;
  }
  return whole;
}

/** A matrix cut into blocks of columns, each row by row. */
function columns(values: Float32Array, widths: readonly number[]): Float32Array[] {
  const width = sum(widths);
  const rows = values.length / width;
  let first = 0;
  return widths.map((own) => {
    const block = new Float32Array(rows * own);
    for (let row = 0; row < rows; row++)
      block.set(values.subarray(row * width + first, row * width + first + own), row * own);
    first += own;
    return block;
  });
}

/** Square images of three channels, left to right. */
export function mirror(pixels_BSSC: Uint8Array, side: number): Uint8Array {
  const mirrored = new Uint8Array(pixels_BSSC.length);
  for (let row = 0; row < pixels_BSSC.length; row += side * 3) {
    for (let x = 0; x < side; x++) {
      const from = row + x * 3;
      const to = row + (side - 1 - x) * 3;
      mirrored[to] = pixels_BSSC[from]!;
      mirrored[to + 1] = pixels_BSSC[from + 1]!;
      mirrored[to + 2] = pixels_BSSC[from + 2]!;
    }
  }
  return mirrored;
}
