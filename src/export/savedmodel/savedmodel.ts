/** SavedModel: a folder that TensorFlow loads in any of its languages, and TensorFlow Serving answers with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../errors.ts';
import { readSignatures } from '../../graph/ports.ts';
import { typeNumbers } from '../../graph/types.ts';
import { openSession, runSession } from '../../tensorflow/session.ts';
import type { ExportFormat } from '../format.ts';
import { namesOf } from '../names.ts';
import { answerLines, pillowLines } from '../snippets.ts';
import { FLOAT32_TOLERANCE } from '../tolerance.ts';
import { plainModel, savedModelBytes } from './write.ts';

/** TensorFlow Serving takes the folder around it, and the highest number in that. */
const FOLDER = '1';

export const savedmodel: ExportFormat = {
  summary: "a folder for TensorFlow and TensorFlow Serving, of TensorFlow's own ops",
  file: FOLDER,
  tolerance: FLOAT32_TOLERANCE,
  snippet: {
    file: 'predict.py',
    command: 'python predict.py photo.jpg',
    needs: 'pip install tensorflow pillow',
    text: ({ description }) =>
      [
        'import json, sys, numpy as np, tensorflow as tf',
        ...pillowLines(description.input),
        `predict = tf.saved_model.load("${FOLDER}").signatures["serving_default"]`,
        `feeds = {${JSON.stringify(namesOf(description.heads).images)}: tf.constant(np.asarray(image)[None])}`,
        'answers = {name: values.numpy() for name, values in predict(**feeds).items()}',
        ...answerLines,
      ].join('\n'),
  },

  async write(model, folder) {
    const bytes = savedModelBytes(plainModel(model));
    mkdirSync(join(folder, FOLDER));
    writeFileSync(join(folder, FOLDER, 'saved_model.pb'), bytes);
  },

  async open({ description }, folder) {
    const at = join(folder, FOLDER);
    let session: ReturnType<typeof openSession>;
    try {
      // With TensorFlow's own changes of the graph, which everybody else gets too.
      session = openSession(at, true);
    } catch (cause) {
      throw new RunError(`TensorFlow does not read ${at}: ${(cause as Error).message}`, { cause });
    }
    const { inputs, outputs } = readSignatures(at).get('serving_default')!;
    const { decodedSize: side } = description.input;
    const names = namesOf(description.heads);
    const input = inputs.get(names.images)!;
    const fetches = names.heads.flatMap((head) => [
      outputs.get(head.probabilities)!.at,
      outputs.get(head.class)!.at,
    ]);
    return {
      async run(pixels_NSS3) {
        const shape = [pixels_NSS3.length / (side * side * 3), side, side, 3];
        const buffers = await runSession(
          session,
          [[input.at, typeNumbers.uint8, shape, pixels_NSS3]],
          fetches,
        );
        return Object.fromEntries(
          names.heads.map(({ head }, h) => [
            head,
            {
              probabilities: new Float32Array(buffers[2 * h]!),
              classes: Int32Array.from(new BigInt64Array(buffers[2 * h + 1]!), Number),
            },
          ]),
        );
      },
      close: async () => undefined,
    };
  },
};
