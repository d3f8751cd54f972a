/** Networks with every kind of layer, in sizes that no vector and no tile divides. */
import { createBuilder } from '../../../src/model/builder.ts';
import type { Network } from '../../../src/model/network.ts';

const NORM = { epsilon: 1e-3, momentum: 0.9 };
const initializer = 'glorotUniform';

/**
 * Branches of all kinds, some of which lie in one concatenation within another, and one that is in two of them.
 * @param channels of the first layers: any number
 */
export function oddNetwork(imageSize: number, channels: number): Network {
  const b = createBuilder(imageSize);
  const image = b.input('image');
  let x = b.conv('stem', b.zeroPad('stem_pad', image, 2), {
    filters: channels,
    kernelSize: 5,
    strides: 2,
    bias: true,
    initializer,
  });
  x = b.swish('stem_swish', b.batchNorm('stem_bn', x, NORM));
  // Two dense layers and a transition.
  for (const i of [1, 2]) {
    let y = b.relu(`dense${i}_relu0`, b.batchNorm(`dense${i}_bn0`, x, NORM));
    y = b.conv(`dense${i}_conv1`, y, { filters: 32, kernelSize: 1, initializer });
    y = b.relu(`dense${i}_relu1`, b.batchNorm(`dense${i}_bn1`, y, NORM));
    y = b.conv(`dense${i}_conv2`, y, { filters: 16 * i, kernelSize: 3, padding: 'same', initializer });
    x = b.concatenate(`dense${i}_concat`, [x, y]);
  }
  let y = b.relu('transition_relu', b.batchNorm('transition_bn', x, NORM));
  y = b.conv('transition_conv', y, { filters: 38, kernelSize: 1, initializer });
  x = b.averagePool('transition_pool', y, { size: 2, strides: 2 });
  // A residual block whose sum is a ReLU's, with groups in the middle.
  y = b.relu('res_relu1', b.batchNorm('res_bn1', b.conv('res_conv1', x, one(38)), NORM));
  y = b.conv('res_conv2', y, { filters: 38, kernelSize: 3, padding: 'same', groups: 2, initializer });
  y = b.batchNorm('res_bn2', y, NORM);
  const residual = b.relu('res_out', b.add('res_add', [x, y]));
  // Squeeze and excitation behind a depthwise convolution.
  y = b.depthwiseConv('dw', residual, { kernelSize: 5, padding: 'same', initializer });
  y = b.swish('dw_swish', b.batchNorm('dw_bn', y, NORM));
  let s = b.reshape('se_reshape', b.globalAveragePool('se_pool', y), [1, 1, 38]);
  s = b.sigmoid('se_sigmoid', b.conv('se_conv', s, { ...one(38), bias: true }));
  const excited = b.multiply('se', y, s);
  // Poolings of all kinds, and three in one sum.
  const highest = b.maxPool('max_same', residual, { size: 3, strides: 1, padding: 'same' });
  const means = b.averagePool('mean_same', residual, { size: 3, strides: 1, padding: 'same' });
  const sum = b.add('sum', [highest, means, b.stochasticDepth('drop', excited, 0.1)]);
  const wide = b.conv('wide', sum, { filters: 7, kernelSize: [1, 3], padding: 'same', initializer });
  const inner = b.concatenate('inner', [wide, highest]);
  x = b.concatenate('outer', [inner, sum, highest]);
  x = b.maxPool('padded_max', b.zeroPad('max_pad', b.batchNorm('bn', x, NORM), 1), { size: 3, strides: 2 });
  const pooled = b.concatenate('pooled', [
    b.globalAveragePool('gap', x),
    b.globalMaxPool('gmp', x),
    b.globalGeneralizedMean('gem', x, 3),
  ]);
  const tower = b.gelu(
    'tower_gelu',
    b.dense('tower', b.batchNorm('tower_bn', pooled, NORM), 21, initializer),
  );
  const deep = b.dense('deep', b.dropout('tower_drop', tower, 0.5), 5, initializer);
  const shallow = b.dense('shallow', pooled, 34, initializer);
  return {
    layers: b.layers,
    backboneOutput: x,
    pooled,
    heads: [
      { head: 'deep', layer: deep, classes: 5 },
      { head: 'shallow', layer: shallow, classes: 34 },
    ],
  };
}

const one = (filters: number) => ({ filters, kernelSize: 1, initializer }) as const;

/** Layers whose outputs prediction asks for. */
export const askedOf = ({ pooled, heads }: Network): string[] => [pooled, ...heads.map(({ layer }) => layer)];
