/** The generated types are those of the schema, and do in TypeScript what they are for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Experiment, ResolvedExperiment } from '../../src/schema/experiment.ts';
import { generateTypes } from '../../src/schema/generate.ts';

for (const language of ['experiment', 'sweep'] as const) {
  test(`src/schema/${language}.ts - is what the schema gives (if not: npm run schema)`, async () => {
    const written = readFileSync(new URL(`../../src/schema/${language}.ts`, import.meta.url), 'utf8');
    assert.equal(written, await generateTypes(language));
  });
}

// Checked by the compiler: names tell the branches of a union apart, and defaults are there without a question.
function learningRateOf({ optimizer }: ResolvedExperiment): [number, number | boolean] {
  return [optimizer.learningRate, optimizer.name === 'sgd' ? optimizer.nesterov : optimizer.epsilon];
}

function blocksOf({ model }: ResolvedExperiment): number[] | null {
  return model.backbone.name === 'densenet' ? model.backbone.blocks : null;
}

test('Experiment - what has a default may be left out; ResolvedExperiment - it is there', () => {
  const written: Experiment = {
    name: 'x',
    dataset: {
      table: 't.csv',
      images: '.',
      attributes: { kids: null, age: ['a', 'b'], hair: { column: 'h' } },
    },
    optimizer: { name: 'sgd' },
    stages: [{ name: 's', imageSize: 32, epochs: 1, learningRate: 0.1 }],
  };
  // @ts-expect-error: a key of the other optimizer
  const wrong: NonNullable<Experiment['optimizer']> = { name: 'sgd', beta1: 0.9 };
  // @ts-expect-error: the learning rate has a default, so it must be there
  const unresolved: ResolvedExperiment['optimizer'] = { name: 'sgd', momentum: 0.9, nesterov: false };
  assert.equal(written.optimizer?.name, wrong.name);
  assert.equal(unresolved.name, 'sgd');
  assert.equal(learningRateOf.length + blocksOf.length, 2);
});
