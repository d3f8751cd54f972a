// TensorFlow as tfjs gives it: `import { tf } from '../runtime/tf.ts'`. The order of the two imports matters.
import './before-tfjs.ts';
import * as tf from '@tensorflow/tfjs-node-gpu';

export { tf };
