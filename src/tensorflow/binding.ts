// TensorFlow as the binding gives it, past tfjs, which takes a second more to load: sessions and tensors by number. It is the
// one that tfjs has too.
import '../setup/before-tfjs.ts';
import { createRequire } from 'node:module';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { places } from '../setup/stamp.mjs';

/** The first call loads TensorFlow's library. */
export function tensorflowBinding(): TFJSBinding {
  return createRequire(import.meta.url)(places().binding) as TFJSBinding;
}
