// The tree of stages against a count of keys that each trial's own plan gives.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sweepTable } from '../../../src/report/tables/sweep-table.ts';
import { type Preview, previewSweep } from '../../../src/sweep/drive/preview.ts';
import type { SweepPlan } from '../../../src/sweep/plan/plan.ts';
import { labelAt } from '../../../src/sweep/space/points.ts';
import { prefixKeys } from '../../plan/hash/prefix-keys.ts';
import { planText } from '../planned.ts';

const stages = (...last: string[]): string =>
  `[{ name: all, imageSize: 8, epochs: 2, batchSize: 4 }${last.map((one, i) => `, { name: s${i}, imageSize: 8, batchSize: 4, ${one} }`).join('')}]`;

const sweeps: Readonly<Record<string, string>> = {
  'a later stage differs': 'axes: { "stages[heads].epochs": [1, 2, 3] }\nseeds: [1, 2]\n',
  'nothing is shared': 'axes: { optimizer.name: [adam, sgd] }\nseeds: [1, 2]\n',
  'both, and what one has to itself': `axes:
  stages[all].epochs: [1, 2]
  stages[heads].batchSize: [2, 4]
  optimizer.name: [adam, sgd]
exclude: [{ "stages[all].epochs": 1, optimizer.name: sgd, "stages[heads].batchSize": 2 }]
`,
  'whole lists of stages, one the beginning of another, one with other names': `axes:
  stages:
    - ${stages()}
    - ${stages('epochs: 1')}
    - ${stages('epochs: 1', 'epochs: 3')}
    - ${stages('epochs: 1', 'epochs: 4')}
    - ${stages('epochs: 2', 'epochs: 4')}
    - ${stages('epochs: 2', 'epochs: 4').replace('name: all', 'name: whole')}
`,
  'images of another size in a later stage':
    'axes: { "stages[heads].imageSize": [8, 16], "stages[heads].epochs": [1, 2] }\n',
  'a drawn rate of the later stage':
    'axes: { "stages[heads].learningRate": { distribution: logUniform, from: 1e-4, to: 1e-1 } }\nseeds: [1, 2]\nstrategy: { name: random }\nbudget: { trials: 6 }\n',
};

/** Keys that more than one trial has, by their trials' own plans. */
function keysOfPlans({ trials, space }: SweepPlan): { ofTrial: string[][]; epochs: number } {
  const plans = trials.map(({ point }) => space.compile(point).plan.settings);
  const all = plans.map((settings) => prefixKeys(settings));
  const counts = new Map<string, number>();
  for (const key of all.flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  let epochs = 0;
  const met = new Set<string>();
  all.forEach((keys, trial) => {
    keys.forEach((key, i) => {
      if (!met.has(key)) epochs += plans[trial]!.stages[i]!.epochs;
      met.add(key);
    });
  });
  return { ofTrial: all.map((keys) => keys.filter((key) => counts.get(key)! > 1)), epochs };
}

for (const [what, text] of Object.entries(sweeps)) {
  test(`createStageTree - ${what}: the keys that trials share, and the epochs that are left`, (t) => {
    const plan = planText(t, text);
    const { ofTrial, epochs } = keysOfPlans(plan);
    plan.trials.forEach(({ point }, i) => {
      const shared = plan.stageTree.prefixesOf(i);
      const label = labelAt(plan.axes, point);
      assert.deepEqual(
        shared.map(({ key }) => key),
        ofTrial[i],
        label,
      );
      const { settings } = plan.space.compile(point).plan;
      shared.forEach((prefix, at) => {
        const before = settings.stages.slice(0, at + 1).reduce((sum, stage) => sum + stage.epochs, 0);
        assert.deepEqual([prefix.stages, prefix.epochs], [at + 1, before], label);
      });
    });
    const whole = plan.trials.reduce((sum, trial) => sum + trial.epochs, 0);
    const saved = plan.stageTree.savedBy(plan.trials.keys());
    assert.equal(saved.epochs, whole - epochs);
    assert.equal(saved.epochs > 0, what !== 'nothing is shared');
  });
}

function previewOf(t: TestContext, text: string): Preview {
  return previewSweep(planText(t, text), mkdtempSync(join(tmpdir(), 'manyheads-runs-')));
}

const plain = { colour: false } as unknown as Parameters<typeof sweepTable>[2];

test('previewSweep - a stage that three trials share is counted once, and the plan says so', (t) => {
  const preview = previewOf(t, 'axes: { "stages[heads].epochs": [1, 2, 3] }\n');
  assert.equal(preview.total.epochs, 2 + 1 + 2 + 3);
  assert.equal(preview.shared.epochs, 4);
  assert.deepEqual(
    [...preview.trials].map(({ prefixes }) => prefixes?.map(({ stages, epochs }) => [stages, epochs])),
    [[[1, 2]], [[1, 2]], [[1, 2]]],
  );
  const table = sweepTable(preview, true, plain);
  assert.match(table, /trained once, which saves 4 epochs/);
  assert.match(table, /left to do: at most 8 epochs/);
  const alone = previewOf(t, 'axes: { "stages[all].epochs": [1, 2, 3] }\n');
  assert.equal(alone.total.epochs, 1 + 2 + 3 + 3 * 2);
  assert.ok([...alone.trials].every((trial) => !('prefixes' in trial)));
  assert.doesNotMatch(sweepTable(alone, true, plain), /trained once/);
});

test('previewSweep - asha: what lies below the lowest rung is counted once, what a rung cuts is not', (t) => {
  const text = (minEpochs: number): string =>
    `axes: { "stages[heads].learningRate": [0.1, 0.2, 0.3, 0.4] }\nstrategy: { name: asha, minEpochs: ${minEpochs}, reduction: 2 }\n`;
  const below = previewOf(t, text(2));
  // Two epochs once; two of the four go on, if they must not more than that, for two epochs more.
  assert.deepEqual(below.rungs!.range, [2 + 2 * 2, 2 + 3 * 2]);
  assert.equal(below.total.epochs, 2 + 4 * 2);
  const cut = previewOf(t, text(1));
  assert.equal(cut.shared.epochs, 0);
  assert.equal(cut.total.epochs, 16);
});
