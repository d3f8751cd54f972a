/**
 * Training images under each augmentation as one picture: samples in, a PNG out. A section for each way of augmenting, a
 * row for each augmentation, a column for each image.
 */
import sharp from 'sharp';
import type { AugmentationPlan } from '../../augmentation/plan.ts';
import { largestStrength } from '../../augmentation/strength.ts';
import type { AugmentationSamples, StageSamples } from '../../train/step/augmentation-samples.ts';
import { formatNumberOf } from '../text/format.ts';
import { svgToPng } from './draw.ts';

/** All in pixels. */
const MARGIN = 20;
const GAP = 4;
const LABELS = 140;
const TITLE = 58;
const SECTION = 34;
const BETWEEN_SECTIONS = 18;
const NAME_LINE = 16;
const VALUE_LINE = 13;
const LABEL_SPACE = 6;
/** Small images are enlarged to about this side, by a whole factor; larger ones than the second are made smaller. */
const USUAL_SIDE = 112;
const LARGEST_SIDE = 160;

/** Where what is laid out so far ends, and what it is. */
interface Layout {
  bottom: number;
  right: number;
  readonly texts: string[];
  readonly tiles: { pixels: Uint8Array; imageSize: number; side: number; left: number; top: number }[];
}

export interface AugmentationSheet {
  /** Opaque, on white. */
  readonly png: Buffer;
  /** Place and side of every image, in the order of the samples. */
  readonly tiles: readonly { readonly left: number; readonly top: number; readonly side: number }[];
}

export async function augmentationSheet(
  sections: readonly StageSamples[],
  { name, seed }: { readonly name: string; readonly seed: number },
): Promise<AugmentationSheet> {
  const layout: Layout = {
    bottom: MARGIN + TITLE,
    right: MARGIN + LABELS + 4 * USUAL_SIDE,
    texts: [],
    tiles: [],
  };
  write(layout, `${name}: augmentations`, MARGIN, MARGIN + 15, { size: 15, weight: 'bold' });
  const about = `The first images of epoch 1 as training sees them, seed ${seed}.`;
  write(layout, about, MARGIN, MARGIN + 36, { size: 11, colour: '#555' });
  sections.forEach((section, i) => {
    if (i > 0) layout.bottom += BETWEEN_SECTIONS;
    layOut(layout, section);
  });
  const [width, height] = [layout.right + MARGIN, layout.bottom + MARGIN];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${layout.texts.join('')}</svg>`;
  const overlays = await Promise.all(
    layout.tiles.map(async ({ pixels, imageSize, side, left, top }) => ({
      input: await sharp(pixels, { raw: { width: imageSize, height: imageSize, channels: 3 } })
        // Enlarged, every pixel stays to be seen.
        .resize(side, side, { kernel: side >= imageSize ? 'nearest' : 'lanczos3' })
        .png()
        .toBuffer(),
      left,
      top,
    })),
  );
  const png = await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([{ input: await svgToPng(svg, 1), left: 0, top: 0 }, ...overlays])
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { png, tiles: layout.tiles };
}

function layOut(layout: Layout, { stage, alike, samples }: StageSamples): void {
  const { imageSize, augmentation } = stage;
  const also = alike.length === 0 ? '' : ` (${alike.join(', ')}: the same augmentation)`;
  const most = largestStrength(augmentation.strength);
  const strength = most === 1 ? '' : `, strength ${most}`;
  const what = samples.length === 0 ? 'no augmentation' : `${formatNumberOf(imageSize, 'pixel')}${strength}`;
  write(layout, `Stage ${stage.name}, ${what}${also}`, MARGIN, layout.bottom + 18, {
    size: 12,
    weight: 'bold',
  });
  layout.bottom += SECTION;
  const side = shownSide(imageSize);
  for (const { under, images } of samples) {
    const details = detailsOf(under, augmentation);
    write(layout, titles[under] ?? under, MARGIN, layout.bottom + 13, { size: 12 });
    details.forEach((line, i) => {
      const y = layout.bottom + 13 + NAME_LINE + i * VALUE_LINE;
      write(layout, line, MARGIN, y, { size: 10, colour: '#555' });
    });
    images.forEach((pixels, i) => {
      const left = MARGIN + LABELS + i * (side + GAP);
      layout.tiles.push({ pixels, imageSize, side, left, top: layout.bottom });
      layout.right = Math.max(layout.right, left + side);
    });
    layout.bottom += Math.max(side, NAME_LINE + VALUE_LINE * details.length + LABEL_SPACE) + GAP;
  }
}

const titles: Readonly<Record<string, string>> = { unchanged: 'unchanged', together: 'all together' };

/** The settings as the plan has them, a line each. */
function detailsOf(under: AugmentationSamples['under'], augmentation: AugmentationPlan): string[] {
  if (under === 'unchanged' || under === 'together') return [];
  const value: unknown = augmentation[under];
  // One number alone is how often it happens.
  if (typeof value !== 'object' || value === null) return [`probability ${value}`];
  return Object.entries(value).map(
    ([key, part]) => `${key} ${Array.isArray(part) ? part.join(' to ') : part}`,
  );
}

/** Side at which an image is shown. */
function shownSide(imageSize: number): number {
  return Math.min(LARGEST_SIDE, imageSize * Math.max(1, Math.round(USUAL_SIDE / imageSize)));
}

function write(
  { texts }: Layout,
  text: string,
  x: number,
  y: number,
  { size, weight = 'normal', colour = '#1a1a1a' }: { size: number; weight?: string; colour?: string },
): void {
  const escaped = text.replace(/[&<]/g, (sign) => (sign === '&' ? '&amp;' : '&lt;'));
  const style = `font-family="DejaVu Sans" font-size="${size}" font-weight="${weight}" fill="${colour}"`;
  texts.push(`<text x="${x}" y="${y}" ${style}>${escaped}</text>`);
}
