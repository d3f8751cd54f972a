// tfjs-node by require: an import of it reads through 3 MB of JavaScript for the names that it exports, and through the
// source maps, which takes as long as TensorFlow's own library. Types: tfjs.d.mts.
import { createRequire } from 'node:module';

const { sourceMapsEnabled } = process;
process.setSourceMapsEnabled(false);
export const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
process.setSourceMapsEnabled(sourceMapsEnabled);
