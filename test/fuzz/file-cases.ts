/** Damaged files that are no text: images of every format, files of weights of every kind. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage } from '../../src/data/decode.ts';
import { readWeightsFile } from '../../src/weights/read.ts';
import type { FileTensor } from '../../src/weights/tensor.ts';
import { valuesOf } from '../../src/weights/values.ts';
import type { Case } from './cases.ts';
import { type Draw, mutatedBytes } from './draw.ts';

/** Small, so that the front with its lengths is a good part of a file. */
export async function createImageCases(): Promise<(draw: Draw) => Case> {
  const pixels = Buffer.from(Array.from({ length: 20 * 14 * 3 }, (_, i) => (i * 37 + (i >> 3) * 11) & 255));
  const image = () => sharp(pixels, { raw: { width: 20, height: 14, channels: 3 } });
  const files: readonly Buffer[] = [
    await image().jpeg().toBuffer(),
    await image()
      .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toBuffer(),
    await image().grayscale().jpeg().toBuffer(),
    await image().png().toBuffer(),
    await image().png({ palette: true, progressive: true }).toBuffer(),
    await image().webp().toBuffer(),
    await image().webp({ lossless: true }).toBuffer(),
    await image().gif().toBuffer(),
    await image().tiff({ compression: 'lzw' }).toBuffer(),
    await image().tiff({ compression: 'jpeg' }).toBuffer(),
    await image().avif({ effort: 0 }).toBuffer(),
  ];
  return (draw) => {
    const bytes = mutatedBytes(draw.of(files), draw);
    const fit = draw.of(['stretch', 'crop', 'pad'] as const);
    return {
      kind: 'image',
      input: bytes.toString('latin1'),
      async read() {
        const answer = await decodeImage(bytes, 8, fit);
        if (typeof answer === 'string') return answer;
        if (answer.length !== 8 * 8 * 3) throw new Error(`${answer.length} bytes of pixels`);
        return undefined;
      },
    };
  };
}

export function createWeightsCases(folder: string, own: string): (draw: Draw) => Case {
  const fixture = (name: string): Buffer =>
    readFileSync(join(import.meta.dirname, '../weights/fixtures', name));
  const files = [
    readFileSync(own),
    readFileSync(own),
    fixture('torch.safetensors'),
    fixture('keras2.h5'),
    fixture('small.weights.h5'),
    fixture('small.keras'),
  ];
  const file = join(folder, 'damaged.weights');
  return (draw) => {
    const bytes = mutatedBytes(draw.of(files), draw);
    return {
      kind: 'weights',
      input: bytes.toString('latin1'),
      read() {
        writeFileSync(file, bytes);
        const { tensors } = readWeightsFile(file);
        // The plan gives what is wrong with values their place in the experiment's file (src/plan/weights.ts).
        return tensors.flatMap(faultsOf)[0];
      },
    };
  };
}

function faultsOf(tensor: FileTensor): string[] {
  if (tensor.targets.length === 0) return [];
  try {
    valuesOf(tensor);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
