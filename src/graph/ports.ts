/** What a saved program's signatures take and give: the names and types in the file, and the arrays that stand for them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { decodeSignatures, type TensorInfoMessage } from './protobuf.ts';
import { sizeOf, type TensorSpec, type TensorType, typeName } from './types.ts';

export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** What an input can be fed: its elements, or the number that a scalar is. */
export type Feed = TensorValues | number;

export interface Port extends TensorSpec {
  /** Node and output, as `train0/inputs/rows:0`. */
  readonly at: string;
}

export interface LoadedSignature {
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
}

/** @param folder that holds `saved_model.pb` */
export function readSignatures(folder: string): Map<string, LoadedSignature> {
  return new Map(
    Object.entries(decodeSignatures(readFileSync(join(folder, 'saved_model.pb')))).map(
      ([name, { inputs, outputs }]): [string, LoadedSignature] => [
        name,
        { inputs: ports(inputs), outputs: ports(outputs) },
      ],
    ),
  );
}

/** @throws RunError where a feed is missing, or there is none of its name */
export function checkFeeds(
  name: string,
  inputs: ReadonlyMap<string, Port>,
  feeds: Readonly<Record<string, Feed>>,
): void {
  const unknown = Object.keys(feeds).filter((input) => !inputs.has(input));
  const missing = [...inputs.keys()].filter((input) => !(input in feeds));
  if (unknown.length > 0 || missing.length > 0) {
    const given = `got ${Object.keys(feeds).join(', ') || 'none'}`;
    throw new RunError(
      `the signature ${name} takes ${[...inputs.keys()].join(', ') || 'no inputs'}; ${given}`,
    );
  }
}

function ports(infos: Readonly<Record<string, TensorInfoMessage>>): Map<string, Port> {
  return new Map(
    Object.entries(infos).map(([name, { name: at, dtype, tensor_shape }]) => [
      name,
      { at, dtype: typeName(dtype), shape: (tensor_shape.dim ?? []).map(({ size }) => size) },
    ]),
  );
}

/** The array that the binding takes for a tensor of this type. It is handed over without a copy. */
export function feedValues(title: string, { at, shape, dtype }: Port, feed: Feed): TensorValues {
  if (typeof feed === 'number') return feedValues(title, { at, shape, dtype }, scalarValues(dtype, feed));
  const isFitting = feed instanceof arrayTypes[dtype]! && feed.length === sizeOf(shape);
  if (!isFitting) {
    throw new RunError(
      `${title}: ${at} takes ${sizeOf(shape)} elements of type ${dtype} as ${arrayTypes[dtype]?.name}, got ` +
        `${feed.constructor.name} of ${feed.length}`,
    );
  }
  // The binding takes 64-bit integers as pairs of 32 bits, low half first.
  if (feed instanceof BigInt64Array) return new Int32Array(feed.buffer, feed.byteOffset, feed.length * 2);
  return feed;
}

export const arrayTypes: Partial<
  Record<TensorType, { new (values: number[]): TensorValues; readonly name: string }>
> = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int64: BigInt64Array as unknown as new (values: number[]) => BigInt64Array,
};

function scalarValues(dtype: TensorType, value: number): TensorValues {
  if (dtype === 'int64') return BigInt64Array.of(BigInt(value));
  return new arrayTypes[dtype]!([value]);
}

export function explained(title: string, error: unknown): RunError {
  const message = error instanceof Error ? error.message : String(error);
  const isUnset = /uninitialized|Error while reading resource variable/i.test(message);
  const hint = isUnset ? { hint: 'Write all variables that the signature reads first.' } : {};
  return new RunError(`the signature ${title} failed: ${message}`, { cause: error, ...hint });
}
