/** The precision of a plan as casts that are recorded into its program. */
import type { Program } from '../graph/program.ts';
import type { Narrowing } from '../network/narrow.ts';
import type { ExecutionPlan } from '../plan/plan.ts';
import { tf } from '../runtime/tf.ts';

/** @returns undefined where nothing is cast */
export function narrowingOf(precision: ExecutionPlan['precision'], program: Program): Narrowing | undefined {
  if (precision === 'float32') return undefined;
  const caster = (to: 'bfloat16' | 'float32', back: 'bfloat16' | 'float32') => (tensor: tf.Tensor) =>
    tf.customGrad((...args) => {
      const [x] = args as unknown as [tf.Tensor];
      return { value: program.castTo(x, to), gradFunc: (dy: tf.Tensor) => program.castTo(dy, back) };
    })(tensor);
  return { toNarrow: caster(precision, 'float32'), toFloat32: caster('float32', precision) };
}
