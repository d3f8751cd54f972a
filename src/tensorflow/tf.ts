// TensorFlow as tfjs gives it: `import { tf } from './tf.ts'`. The order of the two imports matters.
import '../setup/before-tfjs.ts';
import * as tf from '@tensorflow/tfjs-node-gpu';

export { tf };
