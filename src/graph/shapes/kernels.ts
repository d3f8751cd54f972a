/** Our own ops, whose kernels are compiled into the binding: src/native. Letters: N pieces, C channels. */
import type { Shape } from '../types.ts';
import { intOf, type OpTable, op, type ShapeContext } from './op.ts';

/** Inputs from `skipped` on are N pieces. @returns their shapes, and the channels of all together */
function piecesOf(
  { op: name, inputs, attributes }: ShapeContext,
  skipped: number,
): { pieces: readonly Shape[]; channels: number } {
  const pieces = inputs.slice(skipped, skipped + intOf(name, attributes, 'N'));
  return { pieces, channels: pieces.reduce((sum, shape) => sum + shape.at(-1)!, 0) };
}

export const kernels = {
  ManyheadsConv3x3: op('float32, float32 -> float32', ({ inputs: [x, kernel] }) => [
    ...x!.slice(0, 3),
    kernel![3]!,
  ]),
  ManyheadsConv3x3InputGrad: op('float32, float32 -> float32', ({ inputs: [dy, kernel] }) => [
    ...dy!.slice(0, 3),
    kernel![2]!,
  ]),
  ManyheadsConv3x3KernelGrad: op('float32, float32 -> float32', ({ inputs: [x, dy] }) => [
    3,
    3,
    x![3]!,
    dy![3]!,
  ]),
  ManyheadsMoments: op('float32 -> float32', ({ inputs: [x] }) => [2, x!.at(-1)!]),
  ManyheadsJoinMoments: op('N*float32, float32, float32 -> float32, float32, float32, float32', (context) => {
    const { channels } = piecesOf(context, 0);
    return [[channels], [channels], [channels], [channels]];
  }),
  ManyheadsNorm: op('N*float32, float32, float32, float32, float32 -> float32', (context) => {
    const { pieces, channels } = piecesOf(context, 0);
    return [...pieces[0]!.slice(0, -1), channels];
  }),
  ManyheadsNormGrad: op(
    'float32, N*float32, float32, float32, float32, float32 -> N*float32, float32, float32',
    (context) => {
      const { pieces, channels } = piecesOf(context, 1);
      return [...pieces, [channels], [channels]];
    },
  ),
  ManyheadsNormConv: op('N*float32, float32, float32, float32, float32, float32 -> float32', ({ inputs }) => [
    ...inputs[0]!.slice(0, -1),
    inputs.at(-1)!.at(-1)!,
  ]),
  ManyheadsNormConvGrad: op(
    'float32, N*float32, float32, float32, float32, float32, float32 -> N*float32, float32, float32, float32',
    (context) => {
      const { pieces, channels } = piecesOf(context, 1);
      return [...pieces, [channels], [channels], context.inputs.at(-1)!];
    },
  ),
  ManyheadsPack: op('N*float32 -> float32', ({ op: name, attributes }) => [
    intOf(name, attributes, 'floats'),
  ]),
  ManyheadsForward: op('float32, float32 -> float32', ({ op: name, inputs: [images], attributes }) => [
    images![0]!,
    intOf(name, attributes, 'width'),
  ]),
} satisfies OpTable;
