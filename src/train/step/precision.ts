/** The precision of a plan as casts that are recorded into its program. */
import type { Program } from '../../graph/program.ts';
import type { TensorType } from '../../graph/types.ts';
import type { Narrowing } from '../../network/narrow.ts';
import type { ExecutionPlan } from '../../plan/plan.ts';
import { nodeBackend } from '../../tensorflow/ops.ts';
import { tf } from '../../tensorflow/tf.ts';

/** TensorFlow's own names. */
const types = { bfloat16: 'bfloat16', float16: 'half' } as const;

/** @returns undefined where nothing is cast */
export function narrowingOf(precision: ExecutionPlan['precision'], program: Program): Narrowing | undefined {
  if (precision === 'float32') return undefined;
  const narrow = types[precision];
  const caster = (to: TensorType, back: TensorType) => (tensor: tf.Tensor) =>
    tf.customGrad((...args) => {
      const [x] = args as unknown as [tf.Tensor];
      return { value: program.castTo(x, to), gradFunc: (dy: tf.Tensor) => program.castTo(dy, back) };
    })(tensor);
  return {
    toNarrow: caster(narrow, 'float32'),
    toFloat32: caster('float32', narrow),
    // TensorFlow 2.21's Conv2DBackpropFilter in half takes no groups on the CPU ("filter_size does not have enough elements").
    hasGroupedConv: precision !== 'float16' || nodeBackend().isUsingGpuDevice,
  };
}
