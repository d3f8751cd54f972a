/** Shapes that several families of ops compute alike. */
import type { Shape } from '../types.ts';
import type { ShapeContext, ShapeFunction } from './op.ts';

/** The output has the shape of the first input. */
export const sameAsFirst: ShapeFunction = ({ inputs }) => inputs[0]!;

/** The output has the shape of this input. */
export function sameAs(input: number): ShapeFunction {
  return ({ inputs }) => inputs[input]!;
}

/** Input `input` is a constant that holds the output's shape. */
export function shapeFromValue(input: number): ShapeFunction {
  return ({ values }) => values(input);
}

/** The shape to which all inputs can be repeated: sides are compared from the last on, and 1 gives way. */
export function broadcast(op: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let side = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1) continue;
      if (side !== 1 && side !== own) {
        throw new Error(
          `${op}: the shapes ${shapes.map((each) => `[${each}]`).join(' and ')} do not fit together`,
        );
      }
      side = own;
    }
    return side;
  });
}

export const broadcastAll: ShapeFunction = ({ op, inputs }: ShapeContext) => broadcast(op, inputs);

/** An axis counted from 0, of one that may count from the end by numbers below 0. */
export function axisOf(op: string, axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= rank) throw new Error(`${op}: no axis ${axis} in ${rank} axes`);
  return counted;
}
