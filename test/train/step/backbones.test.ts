/** The large backbones as a recorded graph: every op that they take has a shape, and two steps change every weight. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import { createGraphEngine } from '../../../src/train/graph-engine.ts';
import { makeTiny } from '../../run/tiny.ts';

for (const [name, size] of [
  ['resnet50', 32],
  ['resnext50', 32],
  ['efficientnetb0', 32],
  ['inceptionv4', 75],
] as const) {
  test(`createGraphEngine - ${name} takes two steps on the tiny images, which change every weight`, async () => {
    const { folder, experiment } = await makeTiny(20);
    const { plan, networkFor } = compilePlan(experiment, {
      overrides: [
        `model.backbone={name: ${name}}`,
        'optimizer={name: sgd, learningRate: 0.01}',
        `stages[0].imageSize=${size}`,
        `stages[1].imageSize=${size}`,
      ],
      needTable: true,
    });
    const cache = mkdtempSync(join(tmpdir(), 'manyheads-backbones-test-'));
    const data = await openData(plan, { cacheFolder: join(cache, 'images') });
    const engine = createGraphEngine(plan, data, networkFor, mkdtempSync(join(cache, 'program-')));
    const first = engine.readWeights();
    engine.beginStage(plan.settings.stages[0]!, 0);
    const rows = data.split.training.subarray(0, 8);
    const losses = [0, 1].map((step) =>
      engine.train({ rows, stage: 0, epoch: 0, step, learningRate: 0.01, optimizerStep: step + 1 }),
    );
    assert.ok(losses.every(Number.isFinite), losses.join());
    assert.notEqual(losses[0], losses[1]);
    const last = engine.readWeights();
    const same = [...first].filter(([weight, { values }]) => {
      const after = last.get(weight)!.values;
      return values.every((value, i) => value === after[i]);
    });
    // A bias before batch norm has no gradient but rounding, which may be 0.
    assert.deepEqual(
      same.map(([weight]) => weight).filter((weight) => !/_conv\/bias$|_project_bn\/beta$/.test(weight)),
      [],
    );
    engine.dispose();
    for (const path of [folder, cache]) rmSync(path, { recursive: true });
  });
}
