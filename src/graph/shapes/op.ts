/**
 * What the compiler knows of one TensorFlow op: the types of its inputs and outputs, and a function from the shapes of
 * the inputs to the shapes of the outputs. Op definitions: https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
import { RunError } from '../../errors.ts';
import type { Attribute, Attributes } from '../attributes.ts';
import { isTensorType, type Shape, type TensorSpec, type TensorType } from '../types.ts';

/** What a shape function may look at. */
export interface ShapeContext {
  readonly op: string;
  readonly inputs: readonly Shape[];
  readonly attributes: Attributes;
  /** Elements of an input that must be a constant. @throws RunError where it is not */
  values(input: number): readonly number[];
  /** What the variable holds whose handle this input is. */
  variable(input: number): TensorSpec;
}

/** Shapes of all outputs; a single shape where there is one output. */
export type ShapeFunction = (context: ShapeContext) => Shape | readonly Shape[];

export interface OpDefinition {
  /** `'T, Tidx -> T'`: types of inputs and outputs, each TensorFlow's name of a type or the attribute that holds one. */
  readonly signature: string;
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  readonly shapes: ShapeFunction;
  /** Does the op do more than compute its outputs from its inputs? Two such nodes are never one. */
  readonly stateful: boolean;
  /** May an output be the very memory of an input? */
  readonly shares: boolean;
}

export type OpTable = Readonly<Record<string, OpDefinition>>;

interface Argument {
  /** A type, or the name of the attribute that holds it. */
  readonly type: string;
  /** Type where the attribute is not given. */
  readonly fallback?: TensorType;
  /** Attribute that holds how many tensors this argument is; undefined for one. */
  readonly count?: string;
}

/**
 * Defines an op.
 * @param signature `'N*T, Tidx -> T'` takes a list of N tensors of type T; `'T -> out=int64'` has type int64 where the
 *   attribute `out` is not given
 */
export function op(
  signature: string,
  shapes: ShapeFunction,
  { stateful = false, shares = false } = {},
): OpDefinition {
  const [inputs, outputs] = signature.split('->').map((side) =>
    side
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map(parseArgument),
  ) as [Argument[], Argument[]];
  return { signature, inputs, outputs, shapes, stateful, shares };
}

function parseArgument(text: string): Argument {
  const [, count, type, fallback] = /^(?:(\w+)\*)?(\w+)(?:=(\w+))?$/.exec(text)!;
  return {
    type: type!,
    ...(count === undefined ? {} : { count }),
    ...(fallback === undefined ? {} : { fallback: fallback as TensorType }),
  };
}

/**
 * The attributes that hold types, as the inputs have them. What a kernel states for them is not asked: it knows only
 * the types of tfjs, which has five.
 * @throws RunError where inputs that must have one type have two, or where there are too few or too many inputs
 */
export function typeAttributes(
  name: string,
  { inputs, outputs, signature }: OpDefinition,
  types: readonly TensorType[],
  given: Attributes,
): Attributes {
  const found: Record<string, Attribute> = {};
  let next = 0;
  for (const { type, count } of inputs) {
    const many = count === undefined ? 1 : intOf(name, given, count);
    for (let i = 0; i < many; i++, next++) {
      const actual = types[next];
      if (actual === undefined) throw new RunError(`${name} (${signature}) got ${types.length} inputs`);
      const expected = isTensorType(type) ? type : (found[type]?.value ?? actual);
      if (actual !== expected) {
        throw new RunError(
          `${name} (${signature}) got ${actual} as input ${next}, where ${expected} is expected`,
          {
            hint: 'Cast one of them.',
          },
        );
      }
      if (!isTensorType(type)) found[type] = { kind: 'type', value: actual };
    }
  }
  if (next !== types.length) throw new RunError(`${name} (${signature}) got ${types.length} inputs`);
  for (const { type, fallback } of outputs) {
    if (isTensorType(type) || type in found || type in given || fallback === undefined) continue;
    found[type] = { kind: 'type', value: fallback };
  }
  return found;
}

/** Shapes and types of an op's outputs. @param attributes all of them, those that hold types included */
export function inferOutputs(definition: OpDefinition, context: ShapeContext): TensorSpec[] {
  const { outputs, shapes: shapeFunction } = definition;
  const { op: name, attributes } = context;
  const types = outputs.flatMap(({ type, count }) => {
    const many = count === undefined ? 1 : intOf(name, attributes, count);
    return new Array<TensorType>(many).fill(isTensorType(type) ? type : typeOf(name, attributes, type));
  });
  const answer = shapeFunction(context);
  const isOne = types.length === 1 && (answer.length === 0 || typeof answer[0] === 'number');
  const shapes = (isOne ? [answer] : answer) as readonly Shape[];
  if (shapes.length !== types.length) {
    throw new Error(`${name}: ${shapes.length} shapes for ${types.length} outputs`);
  }
  return types.map((dtype, i) => ({ dtype, shape: shapes[i]! }));
}

function read<K extends Attribute['kind']>(
  op: string,
  attributes: Attributes,
  name: string,
  kind: K,
): Extract<Attribute, { kind: K }> {
  const attribute = attributes[name];
  if (attribute?.kind !== kind) {
    throw new Error(`${op} needs the attribute "${name}" (${kind}), got ${attribute?.kind ?? 'none'}`);
  }
  return attribute as Extract<Attribute, { kind: K }>;
}

export function intOf(op: string, attributes: Attributes, name: string): number {
  return read(op, attributes, name, 'int').value;
}

export function intsOf(op: string, attributes: Attributes, name: string): readonly number[] {
  return read(op, attributes, name, 'ints').value;
}

export function stringOf(op: string, attributes: Attributes, name: string): string {
  return read(op, attributes, name, 'string').value;
}

export function typeOf(op: string, attributes: Attributes, name: string): TensorType {
  return read(op, attributes, name, 'type').value;
}

export function shapeOf(op: string, attributes: Attributes, name: string): Shape {
  return read(op, attributes, name, 'shape').value;
}

/** An attribute of these kinds that need not be given. */
export function intOr(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.kind === 'int' ? attribute.value : fallback;
}

export function boolOr(attributes: Attributes, name: string, fallback: boolean): boolean {
  const attribute = attributes[name];
  return attribute?.kind === 'bool' ? attribute.value : fallback;
}
