// TensorFlow.js as browsers have it, in a thread of its own: the one of this project computes with TensorFlow's library. What
// is asked: pixels of images, in turn. Types: thread.ts.
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
  const parts = weightsManifest.flatMap(({ paths }) => paths).map((name) => readFileSync(join(dirname(file), name)));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { ...model, weightSpecs, weightData: new Uint8Array(Buffer.concat(parts)).buffer };
}

await tf.setBackend('wasm');
await tf.ready();
const model = await loadGraphModel({ load: async () => read(workerData.file) });
parentPort.postMessage('ready');
parentPort.on('message', async ({ pixels, shape }) => {
  const images = tf.tensor4d(Int32Array.from(pixels), shape, 'int32');
  const outputs = model.predict(images);
  const answers = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    answers[name] = await tensor.data();
    tensor.dispose();
  }
  images.dispose();
  parentPort.postMessage(answers);
});
