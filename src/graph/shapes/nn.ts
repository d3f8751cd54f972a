/** Layers and losses of networks that are one op. */
import type { Shape } from '../types.ts';
import { sameAs, sameAsFirst } from './broadcast.ts';
import { type OpTable, op, type ShapeContext } from './op.ts';

/** The output, then values one a channel: mean, variance, and what the gradient op wants to be handed. */
function normalised({ inputs: [x] }: ShapeContext): Shape[] {
  const channels = [x!.at(-1)!];
  return [x!, channels, channels, channels, channels];
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
  FusedBatchNorm: op('T, T, T, T, T -> T, T, T, T, T', normalised),
  FusedBatchNormGradV3: op('T, T, float32, U, U, U -> T, U, U, U, U', normalisedGradient),
  // The last output is for cuDNN; on a GPU its length is cuDNN's own affair, and only the gradient op looks at it.
  FusedBatchNormV3: op('T, U, U, U, U -> T, U, U, U, U, U', (context) => [...normalised(context), []]),
  InTopKV2: op('float32, T, T -> bool', sameAs(1)),
  LRN: op('T -> T', sameAsFirst),
  LRNGrad: op('T, T, T -> T', sameAsFirst),
  LogSoftmax: op('T -> T', sameAsFirst),
  Softmax: op('T -> T', sameAsFirst),
  SoftmaxCrossEntropyWithLogits: op('T, T -> T, T', crossEntropy),
  SparseSoftmaxCrossEntropyWithLogits: op('T, Tlabels -> T, T', crossEntropy),
} satisfies OpTable;
