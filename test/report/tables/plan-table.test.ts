import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPath } from '../../../src/file/path.ts';
import type { Network } from '../../../src/model/network.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { layersTable } from '../../../src/report/tables/layers-table.ts';
import { planTable } from '../../../src/report/tables/plan-table.ts';
import { textWidth } from '../../../src/report/text/text-width.ts';
import { resolvedValues } from '../../../src/report/text/values.ts';
import { stage } from '../samples.ts';

const plan = {
  name: 'clothes',
  description: 'Two heads on small images.\nA second line.',
  hash: 'abcdef0123456789abcdef',
  settings: {
    seed: 1,
    dataset: {
      heads: [
        { name: 'garment', column: 'label', classes: ['Dress', 'Hat', 'Shoes'] },
        { name: 'kids', column: 'kids', classes: ['False', 'True'] },
      ],
      split: { validation: 0.2, seed: 42, stratifyBy: ['garment'], groupBy: 'sender_id', column: null },
    },
    model: { pooling: ['gap', 'gmp'] },
    stages: [stage, { ...stage, name: 'fine', trainable: ['backbone', 'tower', 'heads'], stepsPerEpoch: 10 }],
  },
  dataset: { rows: 2000, trainingRows: 1600, validationRows: 400 },
  model: {
    parameters: 8_123_355,
    trainableParameters: 8_023_323,
    backbone: { name: 'densenet121', parameters: 7_037_504, outputShape: [7, 7, 1024] },
    pooledFeatures: 2048,
    weights: null,
    heads: [
      { name: 'garment', classes: ['Dress', 'Hat', 'Shoes'] },
      { name: 'kids', classes: ['False', 'True'] },
    ],
  },
  stages: [
    {
      name: 'warm-up',
      imageSize: 64,
      batchSize: 32,
      stepsPerEpoch: 50,
      trainableParameters: 1_069_467,
      flopsPerStep: 181e9,
      peakMemoryBytes: 1.234e9,
    },
    {
      name: 'fine',
      imageSize: 224,
      batchSize: 32,
      stepsPerEpoch: 10,
      trainableParameters: 8_023_323,
      flopsPerStep: 1.09e12,
      peakMemoryBytes: 12.34e9,
    },
  ],
  warnings: [],
  locations: { file: '/e/clothes.yaml', table: '/data/labels.csv', images: '/data/images', weights: null },
  experiment: { seed: 1, stages: [{ name: 'warm-up', epochs: 5 }], dataset: { missing: ['', 'n/a'] } },
} as unknown as Plan;

test('planTable - warnings in a section of their own, where there are any', () => {
  assert.doesNotMatch(planTable(plan, { terminal: false }), /Warnings/);
  const warning = {
    code: 'areaForEveryHead',
    path: 'augmentation.cutMix',
    message: 'mixes',
    hint: 'Why.',
  } as const;
  const lines = planTable({ ...plan, warnings: [warning] }, { terminal: false }).split('\n');
  assert.deepEqual(lines.slice(lines.indexOf('Warnings')), [
    'Warnings',
    'augmentation.cutMix: mixes',
    '  Why.',
  ]);
});

test('planTable - data, model with every head, a row a stage', () => {
  const lines = planTable(plan, { terminal: false }).split('\n');
  for (const expected of [
    'clothes, plan abcdef012345',
    '  rows: 2,000, of which 1,600 for training and 400 for validation',
    '  split: 20 % for validation, seed 42, stratified by garment, grouped by sender_id',
    '  densenet121: 7,037,504 parameters, output 7×7×1024',
    '  pooling gap + gmp: 2,048 features',
    '  all: 8,123,355 parameters, of which 8,023,323 can be trained',
    '  head garment: 3 classes: Dress, Hat, Shoes',
  ]) {
    assert.ok(lines.includes(expected), expected);
  }
  const warmUp = lines.find((line) => line.startsWith('warm-up'));
  assert.deepEqual(warmUp?.split(/\s{2,}/), [
    'warm-up',
    '64',
    '32',
    '50',
    '5',
    '1,069,467',
    '181 GFLOP',
    '1.23 GB',
    'adam 0.001',
    'flip, shift, zoom',
  ]);
  assert.ok(!lines.includes('Values'));
});

test('planTable - names the figures that need the table where it is absent', () => {
  const absent: Plan = {
    ...plan,
    dataset: { rows: null, trainingRows: null, validationRows: null },
    stages: plan.stages.map((figures, i) => (i === 0 ? { ...figures, stepsPerEpoch: null } : figures)),
  };
  const text = planTable(absent, { terminal: false });
  assert.match(
    text,
    /table: \/data\/labels\.csv, which is absent\n {2}not known without it: rows, rows of each part, steps of an epoch/,
  );
  assert.match(text, /^warm-up +64 +32 +- +5 /m);
  const limited = { ...absent, settings: { ...absent.settings, stages: absent.settings.stages.slice(1) } };
  assert.ok(
    !planTable({ ...limited, stages: absent.stages.slice(1) }, { terminal: false }).includes(
      'steps of an epoch',
    ),
  );
});

test('planTable - a test part with its size, and the fold', () => {
  const dataset = { rows: 2000, trainingRows: 1360, validationRows: 340, testRows: 300 };
  const split = { ...plan.settings.dataset.split, validation: null, test: 0.15, folds: 5, fold: 3 };
  const settings = { ...plan.settings, dataset: { ...plan.settings.dataset, split } };
  const lines = planTable({ ...plan, dataset, settings }, { terminal: false }).split('\n');
  for (const expected of [
    '  rows: 2,000, of which 1,360 for training, 340 for validation and 300 for testing, which training does not see',
    '  split: 15 % for testing, fold 3 of 5 for validation, seed 42, stratified by garment, grouped by sender_id',
  ])
    assert.ok(lines.includes(expected), lines.join('\n'));
});

test('planTable - with values: each with its origin', () => {
  const text = planTable(plan, {
    terminal: false,
    values: true,
    originOf: (path) => (formatPath(path) === 'stages[0].epochs' ? 'clothes.yaml:7' : 'default'),
  });
  assert.match(text, /^stages\[0\]\.epochs +5 +clothes\.yaml:7$/m);
  assert.match(text, /^seed +1 +default$/m);
  assert.match(text, /^dataset\.missing +\["", n\/a\] +default$/m);
});

test('planTable - fits a narrow terminal', () => {
  const lines = planTable(plan, { terminal: true, colour: true, columns: 40 }).split('\n');
  assert.ok(
    lines.every((line) => textWidth(line) <= 40),
    lines.find((line) => textWidth(line) > 40),
  );
  assert.ok(lines.some((line) => line.includes('trainable parameters: 1,069,467')));
});

test('resolvedValues - text that could be taken for something else is quoted', () => {
  const value = {
    a: 'plain',
    b: 'true',
    c: '1',
    d: true,
    e: null,
    f: [],
    g: {},
    h: [[1, 2], [3]],
    i: 'x, y',
  };
  assert.deepEqual(
    resolvedValues(value).map(({ path, value }) => `${formatPath(path)}=${value}`),
    [
      'a=plain',
      'b="true"',
      'c="1"',
      'd=true',
      'e=null',
      'f=[]',
      'g={}',
      'h[0]=[1, 2]',
      'h[1]=[3]',
      'i="x, y"',
    ],
  );
});

test('layersTable - shapes, parameters and the sums', () => {
  const network: Network = {
    layers: [
      {
        name: 'input',
        type: 'input',
        settings: {},
        part: 'backbone',
        inputs: [],
        outputShape: [8, 8, 3],
        weights: [],
        flops: 0,
      },
      {
        name: 'conv1',
        type: 'conv',
        settings: { kernelSize: [3, 3], strides: [2, 2], padding: 'same', filters: 4, groups: 1, bias: true },
        part: 'backbone',
        inputs: ['input'],
        outputShape: [4, 4, 4],
        weights: [
          {
            name: 'conv1/kernel',
            shape: [3, 3, 3, 4],
            initializer: 'heNormal',
            trainable: true,
            part: 'backbone',
          },
          { name: 'conv1/bias', shape: [4], initializer: 'zeros', trainable: true, part: 'backbone' },
        ],
        // 4 × 4 × 4 outputs of 27 multiply-adds.
        flops: 3456,
      },
    ],
    backboneOutput: 'conv1',
    pooled: 'conv1',
    heads: [],
  };
  const rows = layersTable(network, { terminal: false })
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
  assert.deepEqual(rows[0], ['layer', 'type', 'part', 'output', 'parameters', 'work an image', 'reads']);
  // 3 × 3 × 3 × 4 + 4 = 112.
  assert.deepEqual(rows[3], ['conv1', 'conv 3×3 / 2×2', 'backbone', '4×4×4', '112', '3.46 kFLOP', 'input']);
  assert.deepEqual(rows[4], ['all', '112', '3.46 kFLOP']);
});
