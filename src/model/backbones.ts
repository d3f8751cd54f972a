/** Every backbone by its name in the language: settings in, layers appended, name of the feature maps out. */
import type { Builder } from './builder.ts';
import { densenet } from './densenet.ts';
import type { BackboneSettings } from './settings.ts';

export interface BackboneDef {
  /** @returns name of the layer with the feature maps */
  readonly append: (builder: Builder, image: string, settings: BackboneSettings) => string;
}

export const backbones: Readonly<Record<BackboneSettings['name'], BackboneDef>> = {
  densenet121: { append: densenet },
  densenet: { append: densenet },
};
