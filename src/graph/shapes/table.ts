/** Every TensorFlow op that can be recorded, by name; our own among them. */
import { array } from './array.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { gather } from './gather.ts';
import { image } from './image.ts';
import { kernels } from './kernels.ts';
import { linearAlgebra } from './linear-algebra.ts';
import { nn } from './nn.ts';
import type { OpTable } from './op.ts';
import { pooling } from './pooling.ts';
import { random } from './random.ts';
import { reductions } from './reductions.ts';
import { resource } from './resource.ts';

export const opTable: OpTable = {
  ...array,
  ...convolution,
  ...elementwise,
  ...gather,
  ...image,
  ...kernels,
  ...linearAlgebra,
  ...nn,
  ...pooling,
  ...random,
  ...reductions,
  ...resource,
};
