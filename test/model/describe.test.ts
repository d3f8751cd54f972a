import assert from 'node:assert/strict';
import test from 'node:test';
import { describeNetwork, ImageTooSmallError } from '../../src/model/describe.ts';
import type { Layer, Network } from '../../src/model/network.ts';
import type { ModelSettings, ResNetSettings } from '../../src/model/settings.ts';
import {
  articleHeads,
  articleModel,
  densenet121,
  gapAlone,
  kerasBackbones,
  timmBackbones,
} from './article.ts';

const small: ModelSettings = {
  backbone: { ...densenet121, name: 'densenet', blocks: [2, 2], growthRate: 8, initialFilters: 16 },
  ...gapAlone,
};
const twoHeads = [
  { name: 'kids', classes: ['no', 'yes'] },
  { name: 'region', classes: ['top', 'middle', 'bottom'] },
];

function layerNamed(network: Network, name: string): Layer {
  const layer = network.layers.find((candidate) => candidate.name === name);
  assert.ok(layer, `no layer ${name}`);
  return layer;
}

test('describeNetwork - densenet121 has the shapes and names of keras.applications at 224 pixels', () => {
  const network = describeNetwork(articleModel('gap'), articleHeads, 224);
  // Table 1 of arXiv:1608.06993: 112 after the stem, 56 after pooling, 28, 14, 7 after the transitions.
  const shapes: Record<string, number[]> = {
    conv1_conv: [112, 112, 64],
    pool1: [56, 56, 64],
    conv2_block6_concat: [56, 56, 256],
    pool2_conv: [56, 56, 128],
    pool2_pool: [28, 28, 128],
    conv3_block12_concat: [28, 28, 512],
    pool3_pool: [14, 14, 256],
    conv4_block24_1_conv: [14, 14, 128],
    pool4_pool: [7, 7, 512],
    conv5_block16_concat: [7, 7, 1024],
    relu: [7, 7, 1024],
    gap: [1024],
  };
  for (const [name, shape] of Object.entries(shapes)) {
    assert.deepEqual(layerNamed(network, name).outputShape, shape, name);
  }
  assert.equal(network.backboneOutput, 'relu');
  assert.equal(network.pooled, 'gap');
  // 1 + 2·58 + 3 convolutions: the stem, two in each of 58 layers, three transitions.
  assert.equal(network.layers.filter((layer) => layer.type === 'conv').length, 120);
  assert.deepEqual(
    layerNamed(network, 'conv2_block1_0_bn').weights.map(({ name, trainable }) => [name, trainable]),
    [
      ['conv2_block1_0_bn/gamma', true],
      ['conv2_block1_0_bn/beta', true],
      ['conv2_block1_0_bn/moving_mean', false],
      ['conv2_block1_0_bn/moving_variance', false],
    ],
  );
});

test('describeNetwork - each head has its tower and its logits, each in its part', () => {
  const network = describeNetwork(articleModel('gap', 'gmp'), articleHeads, 100);
  assert.equal(network.pooled, 'pooled');
  assert.deepEqual(layerNamed(network, 'pooled').outputShape, [2048]);
  assert.deepEqual(
    network.layers
      .filter((layer) => layer.name.startsWith('age_'))
      .map(({ name, part, inputs }) => [name, part, inputs]),
    [
      ['age_tower_0_batchNorm', 'tower', ['pooled']],
      ['age_tower_1_dropout', 'tower', ['age_tower_0_batchNorm']],
      ['age_tower_2_dense', 'tower', ['age_tower_1_dropout']],
      ['age_tower_2_relu', 'tower', ['age_tower_2_dense']],
      ['age_output', 'heads', ['age_tower_2_relu']],
    ],
  );
  assert.deepEqual(network.heads[2], { head: 'age', layer: 'age_output', classes: 5 });
});

test('describeNetwork - every layer reads layers before it, and no two share a name', () => {
  const network = describeNetwork(articleModel('gap', 'gmp'), articleHeads, 100);
  const seen = new Set<string>();
  for (const { name, inputs } of network.layers) {
    for (const input of inputs) assert.ok(seen.has(input), `${name} reads ${input}`);
    assert.ok(!seen.has(name), name);
    seen.add(name);
  }
});

test('describeNetwork - without a tower the logits come from the pooled features', () => {
  const network = describeNetwork(small, twoHeads, 32);
  assert.deepEqual(layerNamed(network, 'kids_output').inputs, ['gap']);
  // Stem 16, two layers of 8 make 32, halved to 16, two layers of 8 make 32.
  assert.deepEqual(layerNamed(network, 'gap').outputShape, [32]);
});

test('describeNetwork - the small stem keeps the resolution', () => {
  const backbone = { ...small.backbone, stem: 'small' as const };
  const network = describeNetwork({ ...small, backbone }, twoHeads, 32);
  assert.deepEqual(layerNamed(network, 'conv1_conv').outputShape, [32, 32, 16]);
  assert.deepEqual(layerNamed(network, 'relu').outputShape, [16, 16, 32]);
});

test('describeNetwork - images too small for the backbone are an error that names the layer', () => {
  // 16 → 8 (stem) → 4 (pool1) → 2 → 1 → nothing left for the third transition.
  assert.throws(
    () => describeNetwork(articleModel('gap'), articleHeads, 16),
    (error: unknown) => {
      assert.ok(error instanceof ImageTooSmallError);
      assert.equal(error.layer, 'pool4_pool');
      assert.equal(error.imageSize, 16);
      assert.match(error.message, /^images of 16 pixels are too small: layer pool4_pool gets 1×1/);
      return true;
    },
  );
  assert.ok(describeNetwork(articleModel('gap'), articleHeads, 32));
});

test('describeNetwork - a backbone takes images down to the size at which its last halving finds two pixels', () => {
  // Padded convolutions halve five times, rounding up: 17, 9, 5, 3, 2, 1. Inception-v4 pads none of them; from 75 on:
  // 37, 35, 35, 17, 15, 7, 3, 1.
  const smallest = { resnet50: 17, resnext50: 17, efficientnetb0: 17, inceptionv4: 75, densenet121: 29 };
  for (const [name, size] of Object.entries(smallest)) {
    const backbone = { ...kerasBackbones, ...timmBackbones }[name]!;
    const describeAt = (imageSize: number) => describeNetwork({ ...small, backbone }, twoHeads, imageSize);
    assert.deepEqual(layerNamed(describeAt(size), 'gap').inputs, [describeAt(size).backboneOutput], name);
    assert.throws(() => describeAt(size - 1), ImageTooSmallError, name);
  }
});

test('describeNetwork - resnext50 and inceptionv4 have the shapes of their papers', () => {
  const at = (name: string, size: number) =>
    describeNetwork({ ...small, backbone: timmBackbones[name]! }, twoHeads, size);
  // Table 1 of arXiv:1611.05431: 112, 56, 28, 14, 7 pixels with 256, 512, 1024, 2048 channels; 32 groups of 4 in conv2.
  const resnext = at('resnext50', 224);
  assert.deepEqual(layerNamed(resnext, 'layer1.2.act3').outputShape, [56, 56, 256]);
  assert.deepEqual(layerNamed(resnext, 'layer2.3.act3').outputShape, [28, 28, 512]);
  assert.deepEqual(layerNamed(resnext, 'layer4.2.act3').outputShape, [7, 7, 2048]);
  assert.deepEqual(layerNamed(resnext, 'layer1.0.conv2').weights[0]!.shape, [3, 3, 4, 128]);
  // Figures 3 and 9 of arXiv:1602.07261, for images of 299 pixels.
  const inception = at('inceptionv4', 299);
  const shapes = { 'features.5': [35, 35, 384], 'features.10': [17, 17, 1024], 'features.18': [8, 8, 1536] };
  for (const [name, shape] of Object.entries(shapes))
    assert.deepEqual(layerNamed(inception, `${name}.concat`).outputShape, shape, name);
});

test('describeNetwork - zeroGamma lets the last norm of every block start at 0, and no other', () => {
  for (const [name, last] of [
    ['resnet50', /_3_bn$/],
    ['resnext50', /\.bn3$/],
  ] as const) {
    const backbone = {
      ...({ ...kerasBackbones, ...timmBackbones }[name] as ResNetSettings),
      zeroGamma: true,
    };
    const { layers } = describeNetwork({ ...small, backbone }, twoHeads, 32);
    const gammas = layers
      .flatMap(({ weights }) => weights)
      .filter((weight) => weight.name.endsWith('/gamma'));
    const zeros = gammas.filter(({ initializer }) => initializer === 'zeros').map((weight) => weight.name);
    assert.equal(zeros.length, 16, name);
    assert.deepEqual(
      zeros,
      gammas.map((weight) => weight.name).filter((weight) => last.test(weight.replace('/gamma', ''))),
    );
  }
});

test('describeNetwork - a head named twice is an error', () => {
  assert.throws(
    () => describeNetwork(small, [twoHeads[0]!, twoHeads[0]!], 32),
    /two layers are named kids_output/,
  );
});
