/** Each format on models with every kind of layer, pooling, head, normalisation and decision, beside the model's own answers. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { decide } from '../../src/bundle/decide.ts';
import { type Decision, type Model, neutralDecision } from '../../src/bundle/model.ts';
import type { Predictor } from '../../src/bundle/predictor.ts';
import { formatNames, formats } from '../../src/export/formats.ts';
import { prove } from '../../src/export/prove.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import type { LayerType, Network } from '../../src/model/network.ts';
import { oddNetwork } from '../network/inference/networks.ts';
import { drawnPixels, headOf, idle, proofOf, type RandomModel, randomModel } from './models.ts';
import { without } from './needs.ts';

/** The patterns of drawn images are sharper than those of photographs, which makes a resize of them rounder. */
const WITHIN = 1e-5;

const tiny = {
  name: 'densenet',
  blocks: [1, 1],
  growthRate: 8,
  initialFilters: 8,
  stem: 'small',
  initializer: 'glorotUniform',
} as const;
const tower = [
  { type: 'batchNorm' },
  { type: 'dropout', rate: 0.1 },
  { type: 'dense', units: 12, activation: 'gelu', initializer: 'glorotUniform' },
  { type: 'activation', activation: 'swish' },
  { type: 'dense', units: 9, activation: 'linear', initializer: 'glorotUniform' },
] as const;

function tinyModel(heads: RandomModel['heads'], more: Partial<RandomModel> = {}): RandomModel {
  const size = more.input?.imageSize ?? 20;
  const settings = {
    backbone: tiny,
    pooling: ['gap', 'gmp', 'gem'],
    tower,
    towers: {},
    headInitializer: 'glorotUniform',
  } as const;
  const outputs = heads.map((head) => ({
    ...head,
    outputs: head.classes.length - (head.output === 'softmax' ? 0 : 1),
  }));
  return { network: describeNetwork(settings, outputs, size), heads, ...more };
}

/** Its five outputs as those of six classes in an order. */
function orderedDeep(network: Network): Network {
  const [deep, shallow] = network.heads;
  return { ...network, heads: [{ ...deep!, classes: 6 }, shallow!] };
}

const everyDecision = {
  thresholds: { temperature: 0.7, thresholds: { class1: 0.2, class3: 0.3 }, unknownBelow: 0.24 },
  all: { temperature: 1, thresholds: { class0: 0.6, class1: 0.5 }, unknownBelow: null },
  unsure: { temperature: 1.5, thresholds: {}, unknownBelow: 0.5 },
  ordered: { temperature: 1.3, thresholds: {}, unknownBelow: 0.4 },
  orderedLimits: { temperature: 1, thresholds: { class2: 0.1 }, unknownBelow: null },
  orderedPair: neutralDecision,
} as const satisfies Readonly<Record<string, Decision>>;

const cases: Readonly<Record<string, RandomModel>> = {
  'every kind of layer': {
    network: orderedDeep(oddNetwork(31, 19)),
    heads: [headOf('deep', 6, true), headOf('shallow', 34)],
  },
  'every decision, and a resize': tinyModel(
    [
      headOf('thresholds', 5),
      headOf('all', 2),
      headOf('unsure', 3),
      headOf('ordered', 5, true),
      headOf('orderedLimits', 4, true),
      headOf('orderedPair', 2, true),
    ],
    { decisions: everyDecision, input: { decodedSize: 29, imageSize: 20 } },
  ),
  'each image normalised by itself': tinyModel([headOf('colour', 3)], {
    input: { normalization: 'perImage', decodedSize: 24, imageSize: 20 },
  }),
  'heads whose names are taken': tinyModel(
    ['images', 'look', 'look_class', 'hair colour', 'network/image', 'größe'].map((name) => headOf(name, 3)),
  ),
};

// What the cases are said to have.
test('cases - have every type of layer', () => {
  const all: Record<LayerType, true> = Object.fromEntries(
    Object.values(cases).flatMap(({ network }) => network.layers.map(({ type }) => [type, true])),
  ) as never;
  const types = [
    ...['input', 'zeroPad', 'conv', 'depthwiseConv', 'batchNorm', 'relu', 'swish', 'gelu', 'sigmoid'],
    ...[
      'maxPool',
      'averagePool',
      'globalAveragePool',
      'globalMaxPool',
      'globalGeneralizedMean',
      'concatenate',
    ],
    ...['add', 'multiply', 'reshape', 'stochasticDepth', 'dropout', 'dense'],
  ];
  assert.deepEqual(Object.keys(all).sort(), types.sort());
});

for (const [title, wanted] of Object.entries(cases)) {
  describe(title, () => {
    let model: Model;
    let predictor: Predictor;
    let pixels: Uint8Array;
    before(async () => {
      const { decodedSize = wanted.network.layers[0]!.outputShape[0]! } = wanted.input ?? {};
      pixels = drawnPixels(40, decodedSize);
      ({ model, predictor } = await randomModel({ largestOutput: 2, ...wanted }, (side) =>
        drawnPixels(40, side),
      ));
      assert.equal(model.description.input.decodedSize, decodedSize);
    });

    for (const name of formatNames) {
      test(`${name} - answers as the model, within 1e-5`, { skip: without(name) }, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'manyheads-format-'));
        await formats[name].write(model, folder);
        const opened = await formats[name].open(model, folder);
        const images = await proofOf(predictor, pixels);
        const proved = await prove(opened, model.description, images, idle);
        assert.equal(proved.images, 40);
        assert.ok(proved.largestDifference < WITHIN, `${proved.head} is off by ${proved.largestDifference}`);
        assert.equal(proved.wrongClasses, 0);
        // One image alone is what it is among others.
        const bytes = pixels.length / 40;
        const alone = await opened.run(pixels.subarray(7 * bytes, 8 * bytes));
        for (const { name: head, classes } of model.description.heads) {
          const own = images.batches[0]!.probabilities[head]!.subarray(
            7 * classes.length,
            8 * classes.length,
          );
          for (const [k, p] of own.entries())
            assert.ok(Math.abs(p - alone[head]!.probabilities[k]!) < WITHIN);
        }
        await opened.close();
      });
    }
  });
}

test('decisions of the case - each gives several answers, and each limit matters', async () => {
  const wanted = cases['every decision, and a resize']!;
  const pixels = drawnPixels(40, 29);
  const { predictor } = await randomModel({ largestOutput: 2, ...wanted }, (side) => drawnPixels(40, side));
  const { heads } = await predictor.predict(pixels);
  for (const head of wanted.heads) {
    const k = head.classes.length;
    const answers = (decision: Decision): (number | null)[] =>
      Array.from(
        { length: 40 },
        (_, i) => decide(heads[head.name]!.probabilities.subarray(i * k, (i + 1) * k), head, decision).class,
      );
    const own = everyDecision[head.name as keyof typeof everyDecision];
    const given = answers(own);
    assert.ok(new Set(given).size > 1, `${head.name}: ${given}`);
    if (own !== neutralDecision) assert.notDeepEqual(given, answers(neutralDecision), head.name);
  }
});
