/** What tfjs.mjs gives, as values and as types. */
import * as tf from '@tensorflow/tfjs-node-gpu';

export { tf };
