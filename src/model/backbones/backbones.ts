/** Every backbone by its name in the language: settings in, layers appended, name of the feature maps out. */
import type { Builder } from '../builder.ts';
import type { BackboneName, BackboneSettings } from '../settings.ts';
import { densenet } from './densenet.ts';
import { efficientnet } from './efficientnet.ts';
import { inceptionv4 } from './inceptionv4.ts';
import { resnet } from './resnet.ts';
import { resnext } from './resnext.ts';

type BackboneFunction<S> = (builder: Builder, image: string, settings: S) => string;

/** The member of the union whose names include this one. */
type SettingsOf<N, S = BackboneSettings> = S extends { readonly name: infer M }
  ? N extends M
    ? S
    : never
  : never;

export const backbones: { readonly [N in BackboneName]: BackboneFunction<SettingsOf<N>> } = {
  densenet121: densenet,
  densenet169: densenet,
  densenet201: densenet,
  densenet,
  resnet50: resnet,
  resnet101: resnet,
  resnext50: resnext,
  efficientnetb0: efficientnet,
  efficientnetb1: efficientnet,
  efficientnetb2: efficientnet,
  efficientnetb3: efficientnet,
  inceptionv4,
};

/** @returns name of the layer with the feature maps */
export function appendBackbone(builder: Builder, image: string, settings: BackboneSettings): string {
  // The table's entry and the settings have the same type, which TypeScript does not follow through an index.
  const append = backbones[settings.name] as BackboneFunction<BackboneSettings>;
  return append(builder, image, settings);
}
