/** Every shipped sweep is right: its plan has the trials that its head says, and each runs what no other runs. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePlan } from '../src/plan/compile.ts';
import { planSweep } from '../src/sweep/plan/plan.ts';
import { speedOf } from '../src/sweep/plan/price.ts';

const folder = join(import.meta.dirname, '..', 'experiments', 'sweeps');
const trials: Readonly<Record<string, number>> = {
  'ablation.yaml': 78,
  'article_improvements.yaml': 72,
  'augmentation_policies.yaml': 12,
  'backbones.yaml': 36,
  'five_folds.yaml': 5,
  'five_stages.yaml': 9,
  'small_steps.yaml': 24,
  // Chosen from results: 16 of them.
  'tpe.yaml': 8,
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

const improvements = join(folder, '..', 'improvements');
const seed = 3;

/** Hashes of the trials of one seed by the name of their choice, of a sweep with one axis besides the seed. */
function hashesByChoice(file: string): ReadonlyMap<string, string> {
  const { axes, trials } = planSweep(join(folder, file), {
    environment: {},
    needTable: true,
    speed: speedOf([]),
  });
  const [choices, seeds] = axes.map((axis) => axis.choices.map(({ label }) => label)) as [string[], string[]];
  assert.equal(axes.length, 2);
  // The seed changes fastest.
  return new Map(
    choices.map((label, i) => [label, trials[i * seeds.length + seeds.indexOf(`${seed}`)]!.hash]),
  );
}

const hashOf = (name: string): string =>
  compilePlan(join(improvements, `${name}.yaml`), { environment: {}, overrides: [`seed=${seed}`] }).plan.hash;

const improvementNames = readdirSync(improvements).map((file) => file.slice(0, -'.yaml'.length));
const backbone = 'backbone_';
// No attribute of the photographs of clothing has an order, so one extends the article's experiment; the other has its own sweep.
const outside = new Set(['ordinal_article', 'five_stages']);
const base = 'base';

test('experiments/sweeps/ablation.yaml, augmentation_policies.yaml - each choice is the experiment of its name in improvements', () => {
  const sweeps = ['ablation.yaml', 'augmentation_policies.yaml'].map(hashesByChoice);
  const chosen = sweeps.flatMap((hashes) => [...hashes.keys()].filter((name) => name !== base));
  const names = improvementNames.filter((name) => !outside.has(name) && !name.startsWith(backbone));
  assert.deepEqual([base, ...chosen].sort(), names.sort());
  for (const hashes of sweeps) for (const [name, hash] of hashes) assert.equal(hash, hashOf(name), name);
});

test('experiments/sweeps/backbones.yaml - has each backbone of improvements, trained as there', () => {
  const hashes = hashesByChoice('backbones.yaml');
  const names = improvementNames.filter((name) => name.startsWith(backbone));
  assert.ok(names.length >= 6);
  for (const name of names) assert.equal(hashes.get(name.slice(backbone.length)), hashOf(name), name);
});
