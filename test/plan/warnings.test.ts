/** What is warned of, where, and that nothing else is; that warnings change no hash. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Warning } from '../../src/errors.ts';
import { earlyStopping, newWatch } from '../../src/train/callbacks.ts';
import { compileText, tinyText } from './tiny.ts';

/** Of the ten rows of the tiny table seven are for training. */
const warningsOf = (t: TestContext, text: string, overrides: readonly string[] = []): readonly Warning[] =>
  compileText(t, text, {}, overrides).plan.warnings;

const summaries = (warnings: readonly Warning[]): string[] =>
  warnings.map(({ code, path, place }) => `${code} ${place?.line}:${place?.column} ${path}`);

const twoSizes = (first: string, second: string): string =>
  tinyText
    .replace('tower: []', 'tower: [{ dropout: 0.1 }, { dense: 4 }]')
    .replace('batchSize: 4 }', `batchSize: 4${first} }`)
    .replace(/imageSize: 8, epochs: 2, batchSize: 4, trainable.*/, `imageSize: 16, epochs: 2${second} }`);

test('warnings - of a plan without anything strange there are none', (t) => {
  assert.deepEqual(warningsOf(t, tinyText), []);
});

test('warnings - larger images without more of anything that regularises', (t) => {
  const sizes = ['sizeWithoutRegularization 12:31 stages[1].imageSize'];
  for (const [first, second] of [
    ['', ''],
    // Less of it, or another kind that is only kept.
    [', augmentation: { zoom: 0.2 }', ', augmentation: { zoom: 0.4, strength: { from: 0, to: 0.5 } }'],
    [', dropout: 0.3', ', dropout: 0.2'],
    [', augmentation: { zoom: 0.2 }', ''],
    [', augmentation: { rotate: 10 }', ', augmentation: { rotate: { degrees: 10, probability: 0.5 } }'],
    // Not used by any image.
    ['', ', augmentation: { cutMix: { probability: 0 }, shift: { x: 0 } }'],
  ])
    assert.deepEqual(summaries(warningsOf(t, twoSizes(first!, second!))), sizes, `${first} → ${second}`);
  for (const second of [
    ', dropout: 0.2',
    ', optimizer: { name: adamw }',
    ', loss: { labelSmoothing: 0.1 }',
    ', augmentation: { horizontalFlip: 0.5 }',
    ', augmentation: { randomResizedCrop: { scale: [1, 1] } }',
    ', augmentation: { coarseDropout: {} }',
    ', augmentation: { zoom: 0.4, strength: { from: 0, to: 0.5 } }',
  ])
    assert.deepEqual(summaries(warningsOf(t, twoSizes('', second))), [], second);
  const [warning] = warningsOf(t, twoSizes('', ''));
  assert.equal(
    warning!.message,
    'the images grow from 8 to 16 pixels, and no regularisation grows with them',
  );
});

test('warnings - cutMix beside two heads, once for all stages that take it from the experiment', (t) => {
  const cut = `${tinyText}augmentation: { cutMix: {} }\n`;
  assert.deepEqual(warningsOf(t, cut, ['stages[all].batchSize=7', 'stages[heads].batchSize=7']), []);
  const two = cut.replace('"yes"] }', '"yes"], sender: }');
  const warnings = warningsOf(t, two);
  assert.deepEqual(summaries(warnings), ['areaForEveryHead 13:25 augmentation.cutMix']);
  assert.match(warnings[0]!.message, /the labels of all 2 heads \(kids, sender\) by the area of the square/);
  const own = two.replace('batchSize: 4 }', 'batchSize: 4, augmentation: { cutMix: { alpha: 2 } } }');
  assert.deepEqual(summaries(warningsOf(t, own)), [
    'areaForEveryHead 11:81 stages[0].augmentation.cutMix',
    'areaForEveryHead 13:25 augmentation.cutMix',
  ]);
  assert.deepEqual(warningsOf(t, two.replace('cutMix: {}', 'cutMix: { probability: 0 }')), []);
});

test('warnings - averages of weights that mostly stay what a stage began with', (t) => {
  // Two epochs of two steps: 0.9^4 = 0.6561, 0.84^4 = 0.4979. 0.05^(1/4) = 0.47287, and 0.4728^4 = 0.04997.
  const averaged = (decay: number): string =>
    tinyText.replace(
      'batchSize: 4 }',
      `batchSize: 4, optimizer: { name: adam, averageWeights: { decay: ${decay} } } }`,
    );
  const warnings = warningsOf(t, averaged(0.9));
  assert.deepEqual(summaries(warnings), [
    'averageStaysBehind 11:107 stages[0].optimizer.averageWeights.decay',
  ]);
  assert.equal(
    warnings[0]!.message,
    'after the 4 updates of stage all, 0.9^4 = 65.6 % of the averaged weights are still those that the stage began with',
  );
  assert.equal(
    warnings[0]!.hint,
    'The averages are what is validated and kept. With a decay of 0.4728 it would be 5 %.',
  );
  assert.deepEqual(warningsOf(t, averaged(0.84)), []);
  // Accumulated over both steps of an epoch there are two updates: 0.84^2 = 0.7056.
  const accumulated = averaged(0.84).replace('} } }', '}, accumulateGradients: 2 } }');
  assert.match(
    warningsOf(t, accumulated)[0]!.message,
    /after the 2 updates of stage all, 0\.84\^2 = 70\.6 %/,
  );
});

test('warnings - a last batch of one row, where images are mixed with others of their batch', (t) => {
  // 7 = 2 · 3 + 1.
  const mixed = (more: string): string =>
    tinyText.replace('batchSize: 4 }', `batchSize: 3, lastBatch: short, augmentation: { ${more} } }`);
  const warnings = warningsOf(t, mixed('mixUp: {}, cutMix: { probability: 0.5 }'));
  assert.deepEqual(summaries(warnings), ['mixedWithItself 11:54 stages[0].batchSize']);
  assert.deepEqual(
    [warnings[0]!.message, warnings[0]!.hint],
    [
      '7 training rows in batches of 3 leave a last batch of 1, which mixUp and cutMix can only mix with itself',
      'It is trained as it is. Take another batch size, or stepsPerEpoch: 2, which leaves another row out in every epoch.',
    ],
  );
  assert.deepEqual(warningsOf(t, mixed('mixUp: {}'), ['stages[all].stepsPerEpoch=2']), []);
  assert.deepEqual(warningsOf(t, mixed('mixUp: {}'), ['stages[all].batchSize=4']), []);
  assert.deepEqual(warningsOf(t, mixed('mixUp: {}'), ['stages[all].lastBatch=even']), [], '3, 2 and 2');
  assert.deepEqual(warningsOf(t, mixed('zoom: 0.1')), []);
});

test('warnings - a short last batch of less than a quarter', (t) => {
  // 41 = 2 · 16 + 9 = 3 · 12 + 5 = 2 · 19 + 3: of 59 rows, with 0.3 for validation.
  const table = `image_path,kids,sender\n${Array.from({ length: 59 }, (_, i) => `${i}.jpg,${i % 2 ? 'no' : 'yes'},${i}\n`).join('')}`;
  const of = (...overrides: string[]): readonly Warning[] =>
    compileText(t, tinyText, { 'table.csv': table }, overrides).plan.warnings;
  const [warning, ...more] = of('stages[all].batchSize=19', 'stages[all].lastBatch=short');
  assert.deepEqual(more, []);
  assert.deepEqual([warning!.code, warning!.path], ['smallLastBatch', 'stages[0].lastBatch']);
  assert.equal(
    warning!.message,
    '41 training rows in batches of 19 leave a last batch of 3, which is a whole step and gives its batch norms their statistics',
  );
  assert.equal(
    warning!.hint,
    'lastBatch: even spreads the rows over all batches, drop leaves them out, others in every epoch.',
  );
  const [ofAll] = of('stages[all].batchSize=19', 'lastBatch=short');
  assert.equal(ofAll!.path, 'lastBatch');
  for (const [size, ...more] of [
    [19, 'lastBatch=even'],
    [19, 'lastBatch=drop'],
    [16, 'lastBatch=short'],
    [12, 'lastBatch=short'],
    [19, 'lastBatch=short', 'stages[all].stepsPerEpoch=2'],
  ]) {
    const all = [`stages[all].batchSize=${size}`, ...(more as string[]), 'stages[heads].batchSize=41'];
    assert.deepEqual(of(...all), [], all.join(' '));
  }
});

test('warnings - what watches the epochs of a stage and can do nothing before its end', (t) => {
  const of = (epochs: number, ...overrides: string[]): string[] =>
    summaries(warningsOf(t, tinyText, [`stages[all].epochs=${epochs}`, ...overrides])).map((summary) =>
      summary.replace(/ \d+:\d+/, '').replace(/ undefined:undefined/, ''),
    );
  for (const [key, setting] of [
    ['earlyStopping', 'stages[all].earlyStopping'],
    ['reduceOnPlateau', 'stages[all].reduceOnPlateau'],
  ]) {
    const said = [`neverActs stages[0].${key}.patience`];
    for (const [epochs, patience, isSaid] of [
      // The best epoch is the first: a patience of 2 runs out with the third, of 0 with the second.
      [4, 2, false],
      [3, 2, true],
      [2, 0, true],
      [3, 0, false],
      [8, 100_000, true],
      // A try of one epoch.
      [1, 3, false],
    ] as const) {
      // What the training's own watch does, with no epoch better than the first.
      let watch = newWatch;
      const acts = Array.from({ length: epochs }, (_, i) => {
        const told = earlyStopping({ patience, minDelta: 0 }, watch, i);
        watch = told.watch;
        return told.stop;
      }).slice(0, -1);
      if (epochs > 1) assert.equal(acts.includes(true), !isSaid, `${epochs} epochs, patience ${patience}`);
      assert.deepEqual(
        of(epochs, `${setting}.patience=${patience}`),
        isSaid ? said : [],
        `${epochs} ${patience}`,
      );
    }
  }
  assert.deepEqual(
    of(9, 'stages[all].reduceOnPlateau.minLearningRate=0.01', 'stages[all].learningRate=0.01'),
    ['neverActs stages[0].reduceOnPlateau.minLearningRate'],
  );
  assert.deepEqual(
    of(9, 'stages[all].reduceOnPlateau.minLearningRate=0.01', 'stages[all].learningRate=0.02'),
    [],
  );
  const [warning] = warningsOf(t, tinyText, ['stages[all].epochs=5', 'stages[all].earlyStopping.patience=4']);
  assert.equal(
    warning!.message,
    'a patience of 4 never runs out before the last of 5 epochs, so earlyStopping does nothing',
  );
  assert.equal(warning!.hint, 'Take a patience of 3 or less, more epochs, or remove it.');
});

test('warnings - are no part of the hash', (t) => {
  const { plan } = compileText(t, twoSizes('', ''));
  const other = compileText(t, twoSizes('', ', dropout: null'));
  assert.equal(plan.hash, other.plan.hash);
  assert.equal(plan.warnings.length, 1);
  assert.ok(!JSON.stringify(plan.settings).includes('sizeWithoutRegularization'));
});
