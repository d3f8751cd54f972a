/** ONNX: one file that ONNX Runtime and many others read, on servers, phones and in browsers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../errors.ts';
import { ensureOnnxRuntime, loadOnnxRuntime } from '../../setup/onnxruntime.ts';
import type { ExportFormat } from '../format.ts';
import { namesOf } from '../names.ts';
import { answerLines, pillowLines } from '../snippets.ts';
import { FLOAT32_TOLERANCE } from '../tolerance.ts';
import { onnxFiles, WEIGHTS_FILE } from './write.ts';

const FILE = 'model.onnx';
/** Of ONNX Runtime's messages. */
const ERRORS = 3;

export const onnx: ExportFormat = {
  summary: 'one file for ONNX Runtime and all that reads ONNX, opset 18',
  file: FILE,
  tolerance: FLOAT32_TOLERANCE,
  snippet: {
    file: 'predict.py',
    command: 'python predict.py photo.jpg',
    needs: 'pip install onnxruntime pillow',
    text: ({ description }) =>
      [
        'import json, sys, numpy as np, onnxruntime as ort',
        ...pillowLines(description.input),
        `session = ort.InferenceSession("${FILE}")`,
        `outputs = session.run(None, {${JSON.stringify(namesOf(description.heads).images)}: np.asarray(image)[None]})`,
        'answers = dict(zip([output.name for output in session.get_outputs()], outputs))',
        ...answerLines,
      ].join('\n'),
  },
  prepare: ensureOnnxRuntime,

  async write(model, folder) {
    const { bytes, weights } = onnxFiles(model);
    writeFileSync(join(folder, FILE), bytes);
    weights.forEach((part, i) => {
      writeFileSync(join(folder, WEIGHTS_FILE), part, { flag: i === 0 ? 'w' : 'a' });
    });
  },

  async open({ description }, folder) {
    const { InferenceSession, Tensor } = loadOnnxRuntime();
    const file = join(folder, FILE);
    const session = await InferenceSession.create(file, { logSeverityLevel: ERRORS }).catch(
      (cause: unknown) => {
        throw new RunError(`ONNX Runtime does not read ${file}: ${(cause as Error).message}`, { cause });
      },
    );
    const { decodedSize: side } = description.input;
    const names = namesOf(description.heads);
    return {
      async run(pixels_NSS3) {
        const images = new Tensor('uint8', pixels_NSS3, [
          pixels_NSS3.length / (side * side * 3),
          side,
          side,
          3,
        ]);
        const outputs = await session.run({ [names.images]: images });
        return Object.fromEntries(
          names.heads.map(({ head, probabilities, class: chosen }) => [
            head,
            {
              probabilities: outputs[probabilities]!.data as Float32Array,
              classes: Int32Array.from(outputs[chosen]!.data as BigInt64Array, Number),
            },
          ]),
        );
      },
      close: () => session.release(),
    };
  },
};
