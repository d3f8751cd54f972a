/** Lines of snippets in Python that several formats have in common. */
import type { InputDescription } from '../bundle/model.ts';

/** How Pillow makes the square that the model takes, by `fit`. Its filter is the one that training decoded with. */
const squares: Readonly<Record<InputDescription['fit'], (side: string) => string>> = {
  stretch: (side) => `photo.resize(${side}, Image.Resampling.BILINEAR)`,
  crop: (side) => `ImageOps.fit(photo, ${side}, Image.Resampling.BILINEAR)`,
  pad: (side) => `ImageOps.pad(photo, ${side}, Image.Resampling.BILINEAR)`,
};

/** From the picture that is named first to `image`. */
export function pillowLines({ fit, decodedSize }: InputDescription): string[] {
  return [
    'from PIL import Image, ImageOps',
    'photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")',
    `image = ${squares[fit](`(${decodedSize}, ${decodedSize})`)}`,
  ];
}

/** From `answers` by the names of outputs to a line a head. */
export const answerLines: readonly string[] = [
  'for head in json.load(open("labels.json"))["heads"]:',
  '    i, p = answers[head["class"]][0], answers[head["probabilities"]][0]',
  `    print(head["name"], "don't know" if i < 0 else head["classes"][i], [round(float(x), 4) for x in p])`,
];
