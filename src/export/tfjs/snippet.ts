/** The snippet of TensorFlow.js: Node, with sharp to read the picture. */
import type { ModelDescription } from '../../bundle/model.ts';

const fits = { stretch: 'fill', crop: 'cover', pad: 'contain' } as const;

/** @param file of the model, beside it */
export function sharpLines({ input }: Pick<ModelDescription, 'input'>, file: string): string[] {
  const { decodedSize: side, fit } = input;
  const options = `{ fit: '${fits[fit]}', kernel: 'linear', fastShrinkOnLoad: false }`;
  return [
    "import { readFileSync } from 'node:fs';",
    "import * as tf from '@tensorflow/tfjs';",
    "import sharp from 'sharp';",
    `const { weightsManifest: [{ paths, weights }], ...topology } = JSON.parse(readFileSync('${file}'));`,
    'const weightData = new Uint8Array(Buffer.concat(paths.map((path) => readFileSync(path)))).buffer;',
    'const model = await tf.loadGraphModel({ load: async () => ({ ...topology, weightSpecs: weights, weightData }) });',
    `const pixels = await sharp(process.argv[2]).rotate().toColourspace('srgb').removeAlpha().resize(${side}, ${side}, ${options}).raw().toBuffer();`,
    `const answers = model.predict(tf.tensor4d(pixels, [1, ${side}, ${side}, 3], 'int32'));`,
    "for (const { name, probabilities, class: chosen, classes } of JSON.parse(readFileSync('labels.json')).heads)",
    `  console.log(name, classes[answers[chosen].dataSync()[0]] ?? "don't know", answers[probabilities].arraySync()[0]);`,
  ];
}
