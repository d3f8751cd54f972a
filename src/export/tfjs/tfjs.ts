/** TensorFlow.js: a graph model that pages and programs of JavaScript load. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../errors.ts';
import type { ExportFormat } from '../format.ts';
import { labelsOf } from '../labels.ts';
import { namesOf } from '../names.ts';
import { plainModel } from '../savedmodel/write.ts';
import { FLOAT32_TOLERANCE } from '../tolerance.ts';
import { tfjsFiles } from './model-json.ts';
import { sharpLines } from './snippet.ts';
import { openThread } from './thread.ts';

const FILE = 'model.json';

export const tfjs: ExportFormat = {
  summary: 'a graph model for TensorFlow.js, in browsers and Node',
  file: FILE,
  tolerance: FLOAT32_TOLERANCE,
  snippet: {
    file: 'predict.mjs',
    command: 'node predict.mjs photo.jpg',
    needs: 'npm install @tensorflow/tfjs sharp',
    text: ({ description }) => sharpLines(description, FILE).join('\n'),
  },

  async write(model, folder) {
    const { description } = model;
    const plain = plainModel(model, { mostBytes: Number.POSITIVE_INFINITY, splitsGroups: true });
    const by = `manyheads ${description.versions.manyheads}`;
    const { json, shards } = tfjsFiles(plain, by, { labels: labelsOf(description) });
    writeFileSync(join(folder, FILE), JSON.stringify(json));
    for (const [name, bytes] of shards) writeFileSync(join(folder, name), bytes);
  },

  async open({ description }, folder) {
    const file = join(folder, FILE);
    const thread = await openThread(file).catch((cause: unknown) => {
      throw new RunError(`TensorFlow.js does not read ${file}: ${(cause as Error).message}`, { cause });
    });
    const { decodedSize: side } = description.input;
    const names = namesOf(description.heads);
    return {
      async run(pixels_NSS3) {
        const shape = [pixels_NSS3.length / (side * side * 3), side, side, 3];
        const outputs = await thread.run(pixels_NSS3, shape);
        return Object.fromEntries(
          names.heads.map(({ head, probabilities, class: chosen }) => [
            head,
            {
              probabilities: outputs[probabilities] as Float32Array,
              classes: outputs[chosen] as Int32Array,
            },
          ]),
        );
      },
      close: () => thread.close(),
    };
  },
};
