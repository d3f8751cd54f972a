/** Layers and losses of networks that are one op. */
import type { Shape } from '../types.ts';
import { sameAs, sameAsFirst } from './broadcast.ts';
import { type OpTable, op, type ShapeContext } from './op.ts';

/** The output, then mean, variance and what the gradient op wants to be handed, one value a channel. */
function normalised(perChannel: number) {
  return ({ inputs: [x] }: ShapeContext): Shape[] => [
    x!,
    ...Array.from({ length: perChannel }, (): Shape => [x!.at(-1)!]),
  ];
}

const normalisedGradient = ({ inputs: [, x] }: ShapeContext): Shape[] => {
  const channels = [x!.at(-1)!];
  return [x!, channels, channels, [0], [0]];
};

/** Loss a row, and its gradient by the logits. */
const crossEntropy = ({ inputs: [logits] }: ShapeContext): Shape[] => [[logits![0]!], logits!];

export const nn = {
  BiasAdd: op('T, T -> T', sameAsFirst),
  BiasAddGrad: op('T -> T', ({ inputs: [dy] }) => [dy!.at(-1)!]),
  FusedBatchNorm: op('T, T, T, T, T -> T, T, T, T, T', normalised(4)),
  FusedBatchNormGradV3: op('T, T, float32, U, U, U -> T, U, U, U, U', normalisedGradient),
  FusedBatchNormV3: op('T, U, U, U, U -> T, U, U, U, U, U', normalised(5)),
  InTopKV2: op('float32, T, T -> bool', sameAs(1)),
  LRN: op('T -> T', sameAsFirst),
  LRNGrad: op('T, T, T -> T', sameAsFirst),
  LogSoftmax: op('T -> T', sameAsFirst),
  Softmax: op('T -> T', sameAsFirst),
  SoftmaxCrossEntropyWithLogits: op('T, T -> T, T', crossEntropy),
  SparseSoftmaxCrossEntropyWithLogits: op('T, Tlabels -> T, T', crossEntropy),
} satisfies OpTable;
