/** Settings of the model, heads and image size in; the whole network as data out: backbone, pooling, towers, heads. */

import { own } from '../words.ts';
import { appendBackbone } from './backbones/backbones.ts';
import { createBuilder } from './builder.ts';
import { appendHead } from './heads.ts';
import type { Network } from './network.ts';
import { appendPooling } from './pooling.ts';
import type { ModelSettings } from './settings.ts';
import { appendTower } from './tower.ts';

export { ImageTooSmallError } from './appender.ts';

/**
 * @param heads in the order in which they are computed; names must differ; outputs, where not given, one a class
 * @param imageSize side of the square images, pixels; the weights do not depend on it
 * @throws ImageTooSmallError where the backbone would reduce the images to nothing
 */
export function describeNetwork(
  model: ModelSettings,
  heads: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    readonly outputs?: number;
  }[],
  imageSize: number,
): Network {
  const builder = createBuilder(imageSize);
  const image = builder.input('image');
  const backboneOutput = appendBackbone(builder, image, model.backbone);
  const pooled = appendPooling(builder, backboneOutput, model.pooling);
  const described = heads.map(({ name, classes, outputs = classes.length }) => {
    builder.startPart('tower');
    const features = appendTower(builder, pooled, name, own(model.towers, name) ?? model.tower);
    builder.startPart('heads');
    return {
      head: name,
      layer: appendHead(builder, features, name, outputs, model.headInitializer),
      classes: classes.length,
    };
  });
  return { layers: builder.layers, backboneOutput, pooled, heads: described };
}
