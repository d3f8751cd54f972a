// A process of its own, started by setup.ts and doctor.ts: calls TensorFlow through the binding and writes one line of
// JSON. A library that cannot be loaded, or crashes, so ends this process and not theirs.
import { nodeBackend } from './ops.ts';
import { tf } from './tf.ts';

const backend = nodeBackend();
// [1 2; 3 4] [5 6; 7 8] = [19 22; 43 50]
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
const proof = {
  version: backend.binding.TF_Version,
  gpu: backend.isUsingGpuDevice,
  product: [...product.dataSync()],
};
process.stdout.write(`${JSON.stringify(proof)}\n`);
