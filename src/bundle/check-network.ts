/**
 * A network's description out of a file, checked layer by layer: known types, settings within bounds, inputs that were
 * computed before. Whether shapes fit together is found when the network is recorded.
 */

import type { Field } from '../machine/fields.ts';
import type { Layer, LayerSettings, LayerType, Network, WeightSpec } from '../model/network.ts';

/** Far beyond any network that could be computed here. */
const MOST = 1 << 20;
const parts = ['backbone', 'tower', 'heads'] as const;
const paddings = ['same', 'valid'] as const;

const count = (field: Field): number => field.count(1, MOST);
const pair = (field: Field): [number, number] => {
  const [first, second] = field.listOf(2).map(count);
  return [first ?? 1, second ?? 1];
};
const share = (field: Field): number => field.number((x) => x >= 0 && x < 1, 'a number from 0 to below 1');
const none = (): Record<never, never> => ({});

const pool = (settings: Field) => ({
  size: count(settings.at('size')),
  strides: count(settings.at('strides')),
  padding: settings.at('padding').oneOf(paddings),
});
const depthwise = (settings: Field) => ({
  kernelSize: pair(settings.at('kernelSize')),
  strides: pair(settings.at('strides')),
  padding: settings.at('padding').oneOf(paddings),
});
const rate = (settings: Field) => ({ rate: share(settings.at('rate')) });

const settingsOf: { readonly [T in LayerType]: (settings: Field) => LayerSettings[T] } = {
  input: none,
  zeroPad: (settings) => {
    const [rows, columns] = settings
      .at('padding')
      .listOf(2)
      .map((side) => side.listOf(2).map((zeros) => zeros.count(0, 1024)));
    return { padding: [sides(rows), sides(columns)] };
  },
  conv: (settings) => ({
    ...depthwise(settings),
    filters: count(settings.at('filters')),
    groups: count(settings.at('groups')),
    bias: settings.at('bias').flag(),
  }),
  depthwiseConv: depthwise,
  batchNorm: (settings) => ({
    epsilon: settings.at('epsilon').number((x) => x > 0, 'a number above 0'),
    momentum: settings.at('momentum').number(),
  }),
  relu: none,
  swish: none,
  gelu: none,
  sigmoid: none,
  maxPool: pool,
  averagePool: pool,
  globalAveragePool: none,
  globalMaxPool: none,
  globalGeneralizedMean: none,
  concatenate: none,
  add: none,
  multiply: none,
  reshape: (settings) => ({ shape: settings.at('shape').list().map(count) }),
  stochasticDepth: rate,
  dropout: rate,
  dense: (settings) => ({ units: count(settings.at('units')) }),
};

const types = Object.keys(settingsOf) as LayerType[];

function sides(numbers: readonly number[] | undefined): [number, number] {
  return [numbers?.[0] ?? 0, numbers?.[1] ?? 0];
}

/** @param heads names and numbers of outputs that the network must have, in their order */
export function checkNetwork(
  field: Field,
  imageSize: number,
  heads: readonly { readonly name: string; readonly classes: number; readonly outputs: number }[],
): Network {
  const known = new Map<string, Layer>();
  const layers = field
    .at('layers')
    .list()
    .map((layer) => {
      const checked = checkLayer(layer, known, imageSize);
      if (known.has(checked.name)) layer.at('name').wrong('a name of its own', `"${checked.name}" again`);
      known.set(checked.name, checked);
      return checked;
    });
  const layerAt = (place: Field): string => {
    const name = place.text();
    if (place.isText() && !known.has(name)) place.wrong('the name of a layer', JSON.stringify(name));
    return name;
  };
  const outputs = field.at('heads');
  const described = outputs.listOf(heads.length).map((output, i) => {
    const { name, classes, outputs: width } = heads[i]!;
    const place = output.at('layer');
    const layer = layerAt(place);
    const shape = known.get(layer)?.outputShape;
    if (shape !== undefined && (shape.length !== 1 || shape[0] !== width))
      place.wrong(`a layer with ${width} outputs`, `"${layer}" with [${shape}]`);
    output.at('head').oneOf([name]);
    output.at('classes').oneOf([classes]);
    return { head: name, layer, classes };
  });
  return {
    layers,
    backboneOutput: layerAt(field.at('backboneOutput')),
    pooled: layerAt(field.at('pooled')),
    heads: described,
  };
}

function checkLayer(field: Field, known: ReadonlyMap<string, Layer>, imageSize: number): Layer {
  const name = field.at('name').text();
  const type = field.at('type').oneOf(types);
  const part = field.at('part').oneOf(parts);
  const inputs = field
    .at('inputs')
    .list()
    .map((input) => {
      const before = input.text();
      if (input.isText() && !known.has(before))
        input.wrong('the name of a layer before this one', JSON.stringify(before));
      return before;
    });
  if ((type === 'input') !== (inputs.length === 0))
    field.at('inputs').wrong(type === 'input' ? 'none' : 'at least one layer', `${inputs.length}`);
  const outputShape = field.at('outputShape').list().map(count);
  if (type === 'input' && outputShape.join() !== [imageSize, imageSize, 3].join())
    field.at('outputShape').wrong(`[${imageSize}, ${imageSize}, 3]`, `[${outputShape.join(', ')}]`);
  return {
    name,
    type,
    settings: settingsOf[type](field.at('settings')),
    part,
    inputs,
    outputShape,
    weights: field
      .at('weights')
      .list()
      .map((weight) => checkWeight(weight, name)),
    flops: field.at('flops').number((x) => x >= 0, 'a number of at least 0'),
  } as Layer;
}

function checkWeight(field: Field, layer: string): WeightSpec {
  const name = field.at('name').text();
  if (field.at('name').isText() && !name.startsWith(`${layer}/`))
    field.at('name').wrong(`a name that begins with "${layer}/"`, JSON.stringify(name));
  const initializer = field.at('initializer');
  return {
    name,
    shape: field.at('shape').list().map(count),
    // Only training looks at it, and trains nothing that comes from here.
    initializer: (initializer.isText()
      ? initializer.text()
      : { constant: initializer.at('constant').number() }) as WeightSpec['initializer'],
    trainable: field.at('trainable').flag(),
    part: field.at('part').oneOf(parts),
  };
}
