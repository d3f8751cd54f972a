/** What is wrong with a sweep file is said with its place, all at once, and once for all trials. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExperimentError } from '../../../src/errors.ts';
import { planText, problemsOf } from '../planned.ts';

test('planSweep - a key that does not exist, a value that the schema refuses: at their place, once', (t) => {
  assert.deepEqual(
    problemsOf(
      t,
      `axes:
  augmentation.zom: [0.1, 0.2]
  stages[all].epochs: [1, 0, many]
  model.pooling: [gap, [gap]]
seeds: [1, 2, 3]
`,
    ),
    [
      'unknownKey 4:16 augmentation.zom: augmentation has no key "zom"',
      'outOfRange 5:27 stages[0].epochs: expected a whole number from 1 to 100000, got 0',
      'wrongType 5:30 stages[0].epochs: expected a whole number from 1 to 100000, got "many" (string)',
      'wrongType 6:19 model.pooling: expected a list of "gap", "gmp" or "gem", got "gap" (string)',
    ],
  );
});

test('planSweep - a key of the experiment in the sweep, or as an argument: where it belongs', (t) => {
  const hintOf = (axes: string, overrides: string[]): string | undefined => {
    try {
      planText(t, axes, overrides);
    } catch (error) {
      return (error as ExperimentError).problems.map(({ hint }) => hint).join();
    }
    return undefined;
  };
  const cure =
    /^"stages" is a key of the experiment: fix its values under values.*'values\["stages\[0\]\.epochs"\]=3'\./;
  const axes = 'axes: { model.pooling: [[gap], [gmp]] }\n';
  assert.match(hintOf(`stages: []\n${axes}`, [])!, cure);
  assert.match(hintOf(axes, ['stages[0].epochs=3'])!, cure);
  const { trials } = planText(t, axes, ['values["stages[0].epochs"]=3', 'values["stages[1].epochs"]=4']);
  assert.deepEqual(
    trials.map(({ epochs }) => epochs),
    [7, 7],
  );
});

test('planSweep - a path that leads nowhere is an error at its step', (t) => {
  assert.deepEqual(problemsOf(t, 'axes:\n  stages[small].epochs: [1]\n  stages[7].epochs: [1]\n'), [
    'badOverride 4:10 stages[small].epochs: stages has no element with the name "small"',
    'badOverride 5:10 stages[7].epochs: there is no element stages[7]',
  ]);
});

test('planSweep - two axes that set one value, or one inside the other', (t) => {
  assert.deepEqual(
    problemsOf(
      t,
      `values: { seed: 3 }
axes:
  stages[all].augmentation.zoom: [0, 0.1]
  stages[0].augmentation.zoom: [0.2]
  augmentation: { choices: { none: { stages[1].augmentation: {} } } }
  heads: { path: 'stages[heads].augmentation.zoom', values: [0.1] }
seeds: [1, 2]
`.replace('{ stages[1].augmentation: {} }', '{ "stages[1].augmentation": {} }'),
    ),
    [
      'conflict 3:17 values.seed: the axis seed sets seed too',
      'conflict 6:3 axes["stages[0].augmentation.zoom"]: the axes stages[all].augmentation.zoom and stages[0].augmentation.zoom both set stages[all].augmentation.zoom and stages[0].augmentation.zoom',
      'conflict 8:18 axes.heads: the axes augmentation and heads both set stages[1].augmentation and stages[heads].augmentation.zoom',
    ],
  );
});

test('planSweep - axes of one value with conditions that exclude each other are fine', (t) => {
  const { trials } = planText(
    t,
    `values: { optimizer: { name: adam } }
axes:
  stages[all].optimizer.name: [adam, sgd]
  slow: { path: "stages[all].optimizer.learningRate", values: [0.1, 0.2], when: { "stages[all].optimizer.name": sgd } }
  fast: { path: "stages[all].optimizer.learningRate", values: [1e-3], when: { "stages[all].optimizer.name": [adam] } }
`,
  );
  assert.equal(trials.length, 3);
});

test('planSweep - conditions: of axes above, of their values', (t) => {
  assert.deepEqual(
    problemsOf(
      t,
      `axes:
  augmentation.zoom: { values: [0.1], when: { augmentation.horizontalFlip: 0.5, model.poling: [gap] } }
  augmentation.horizontalFlip: [0, 0.5]
  augmentation.shift.x: { values: [0.1], when: { augmentation.horizontalFlip: 0.6 } }
exclude: [{ zoom: 0.1 }]
`,
    ),
    [
      'conflict 4:76 axes["augmentation.zoom"].when["augmentation.horizontalFlip"]: the axis "augmentation.horizontalFlip" does not stand above this one',
      'conflict 4:95 axes["augmentation.zoom"].when["model.poling"]: there is no axis "model.poling"',
      'wrongValue 6:79 axes["augmentation.shift.x"].when["augmentation.horizontalFlip"]: the axis augmentation.horizontalFlip has no value 0.6',
      'conflict 7:19 exclude[0].zoom: there is no axis "zoom"',
    ],
  );
});

test('planSweep - lists of different lengths, ranges that cannot be, a distribution in a grid', (t) => {
  assert.deepEqual(
    problemsOf(
      t,
      `axes:
  tied: { zip: { augmentation.zoom: [0.1, 0.2], augmentation.horizontalFlip: [0.5] } }
  stages[all].learningRate: { from: 0, to: 1, count: 3, scale: log }
  stages[heads].learningRate: { distribution: uniform, from: 0.1, to: 0.5 }
`,
    ),
    [
      'conflict 4:78 axes.tied.zip["augmentation.horizontalFlip"]: expected 2 values, as many as augmentation.zoom has, got 1',
      'outOfRange 5:37 axes["stages[all].learningRate"].from: expected a number above 0 for a logarithmic scale, got 0',
      'conflict 6:47 axes["stages[heads].learningRate"].distribution: the strategy grid takes lists and ranges, this axis is a distribution',
    ],
  );
});

test('planSweep - what no trial may be: more than the budget, all excluded, no budget for draws', (t) => {
  const axes = 'axes: { augmentation.zoom: [0.1, 0.2, 0.3] }\n';
  assert.deepEqual(problemsOf(t, `${axes}budget: { trials: 2 }\n`), [
    'outOfRange 4:19 budget.trials: expected at most 2 trials, got 3 combinations',
  ]);
  assert.deepEqual(problemsOf(t, `${axes}exclude: [{ augmentation.zoom: [0.1, 0.2, 0.3] }]\n`), [
    'conflict 4:10 exclude: every combination is excluded, so there is no trial',
  ]);
  assert.deepEqual(problemsOf(t, `${axes}strategy: { name: random }\n`), [
    'missingKey 4:11 strategy: the strategy random needs budget.trials: how many trials it may make, at least one for each of the seeds',
  ]);
  assert.deepEqual(problemsOf(t, `${axes}metric: { name: accuracy, head: kidz }\n`), [
    'unknownHead 4:33 metric.head: there is no head "kidz"',
  ]);
});

test('planSweep - a rule across two axes is found, and says which trial', (t) => {
  const [problem] = problemsOf(
    t,
    `axes:
  stages[all].learningRate: [1e-2, 1e-4]
  stages[all].reduceOnPlateau: [null, { minLearningRate: 1e-3 }]
`,
  );
  assert.match(
    problem ?? '',
    /^conflict 5:58 stages\[0\]\.reduceOnPlateau\.minLearningRate: expected at most/,
  );
});

test('planSweep - a range of more values than a sweep can have is refused at once, with its reason', (t) => {
  const began = process.cpuUsage();
  for (const step of ['1e-6', '1e-300', '200'])
    assert.match(
      problemsOf(t, `axes: { seed: { from: 1, to: 1e9, step: ${step} } }\n`)[0]!,
      /^outOfRange 3:\d+ axes\.seed\.step: expected a step that makes at most 100,000 values/,
    );
  assert.ok(process.cpuUsage(began).user < 10e6);
});
