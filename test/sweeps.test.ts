/** Every shipped sweep is right: its plan has the trials that its head says, and each runs what no other runs. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planSweep } from '../src/sweep/plan.ts';
import { speedOf } from '../src/sweep/price.ts';

const folder = join(import.meta.dirname, '..', 'experiments', 'sweeps');
const trials: Readonly<Record<string, number>> = {
  'article_improvements.yaml': 72,
  'backbones.yaml': 33,
  'small_steps.yaml': 24,
};

for (const [file, count] of Object.entries(trials)) {
  test(`experiments/sweeps/${file} - plans ${count} trials`, () => {
    const plan = planSweep(join(folder, file), { environment: {}, needTable: true, speed: speedOf([]) });
    assert.equal(plan.trials.length, count);
    assert.equal(plan.duplicates, 0);
    assert.ok(plan.trials.every(({ epochs, peakMemoryBytes }) => epochs > 0 && peakMemoryBytes > 4e8));
  });
}

test('experiments/sweeps - every file is tested', () => {
  assert.deepEqual(
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort(),
    Object.keys(trials).sort(),
  );
});
