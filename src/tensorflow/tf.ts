// TensorFlow as tfjs gives it: `import { tf } from './tf.ts'`. The order of the two matters.
import '../setup/before-tfjs.ts';

export { tf } from './tfjs.mjs';
