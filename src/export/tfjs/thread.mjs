// TensorFlow.js as browsers have it, in a thread of its own: the one of this project computes with TensorFlow's library. What
// is asked: pixels of images, in turn. Who asks: thread.ts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
const { loadGraphModel } = require('@tensorflow/tfjs-converter');
require('@tensorflow/tfjs-backend-wasm');

/** @param {string} file of a model.json */
function read(file) {
  const { weightsManifest, ...model } = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {{ readonly paths: string[], readonly weights: object[] }} */
  const { paths, weights } = weightsManifest[0];
  const parts = paths.map((name) => readFileSync(join(dirname(file), name)));
  return { ...model, weightSpecs: weights, weightData: new Uint8Array(Buffer.concat(parts)).buffer };
}

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
await tf.setBackend('wasm');
await tf.ready();
const model = await loadGraphModel({ load: async () => read(workerData.file) });
port.postMessage('ready');
port.on('message', ({ pixels, shape }) => {
  const images = tf.tensor4d(Int32Array.from(pixels), shape, 'int32');
  /** By the names of the signature. */
  const outputs = /** @type {Record<string, import('@tensorflow/tfjs-core').Tensor>} */ (
    model.predict(images)
  );
  port.postMessage(
    Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.dataSync()])),
  );
  tf.dispose([images, outputs]);
});
