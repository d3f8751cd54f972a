/** Lines of snippets in Python that several formats have in common. */
import type { InputDescription } from '../bundle/model.ts';

/** How Pillow makes the square that the model takes, by `fit`. Its filter is the one that training decoded with. */
const squares: Readonly<Record<InputDescription['fit'], string>> = {
  stretch: 'image.resize(side, Image.Resampling.BILINEAR)',
  crop: 'ImageOps.fit(image, side, Image.Resampling.BILINEAR)',
  pad: 'ImageOps.pad(image, side, Image.Resampling.BILINEAR)',
};

/** From the picture that is named first to `image`, and `labels`. */
export function pillowLines({ fit, decodedSize }: InputDescription): string[] {
  return [
    'from PIL import Image, ImageOps',
    `labels, side = json.load(open("labels.json")), (${decodedSize}, ${decodedSize})`,
    'image = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")',
    `image = ${squares[fit]}`,
  ];
}
