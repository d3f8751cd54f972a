/** The table of strategies: it has what the schema names, and no other file knows them by name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemaOf, tagOf } from '../../../src/schema/schema.ts';
import { rungsOf, strategies, strategyOf } from '../../../src/sweep/search/strategies.ts';
import { planText, problemsOf } from '../planned.ts';

const names = Object.keys(strategies);
const src = join(import.meta.dirname, '../../../src');

/** Each place of a text where the name stands by itself in quotes. */
const quoted = (text: string, name: string): number => text.split(`'${name}'`).length - 1;

test('strategies - the names of the schema, and a file for each', () => {
  assert.deepEqual(schemaOf('sweep').definitions!.strategy!.oneOf!.map(tagOf), names);
  const files = readdirSync(join(src, 'sweep/search'));
  assert.deepEqual(
    names.filter((name) => !files.includes(`${name}.ts`)),
    [],
  );
});

test('strategies - no file of sweeps, reports or commands tests for a name, outside src/sweep/search', () => {
  const others = ['sweep', 'compare', 'report', 'commands'].flatMap((room) =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !(room === 'sweep' && file.startsWith('search')))
      .map((file) => join(src, room, file)),
  );
  assert.ok(others.length > 60);
  const found = others.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return (
      /strategy\.name\s*[!=]==?|switch \(.*strategy/.test(text) || names.some((name) => quoted(text, name))
    );
  });
  assert.deepEqual(found, []);
  // The same look finds them where they are.
  assert.ok(quoted(readFileSync(join(src, 'sweep/search/asha.ts'), 'utf8'), 'asha') > 0);
});

test('strategies - asha stops trials, tpe chooses them from results, the three others do neither', () => {
  const kinds = (['grid', 'random', 'sobol', 'asha', 'tpe'] as const).map((name) => {
    const { choosing, stopping } = strategyOf({ name });
    return [name, choosing !== null, stopping !== null];
  });
  assert.deepEqual(kinds, [
    ['grid', false, false],
    ['random', false, false],
    ['sobol', false, false],
    ['asha', false, true],
    ['tpe', true, false],
  ]);
  for (const strategy of [{ name: 'grid' }, { name: 'random', seed: 1 }] as const)
    assert.deepEqual(rungsOf(strategy, [9]), []);
});

const axes = 'axes: { augmentation.zoom: [0, 0.1, 0.2], augmentation.horizontalFlip: [0, 0.5] }\n';
const rest: Readonly<Record<string, string>> = {
  asha: ', minEpochs: 1, reduction: 2',
  tpe: ', startupTrials: 2',
};

for (const name of names) {
  test(`planSweep - ${name}: no combination twice, the same plan each time, no more than budget.trials`, (t) => {
    const text = `${axes}strategy: { name: ${name}${rest[name] ?? ''} }\nbudget: { trials: 6 }\n`;
    const plan = planText(t, text);
    const hashes = plan.trials.map(({ hash }) => hash);
    assert.equal(new Set(hashes).size, hashes.length);
    assert.equal(hashes.length + plan.toCome, 6);
    assert.deepEqual(
      planText(t, text).trials.map(({ hash }) => hash),
      hashes,
    );
    const none = `${text}exclude: [{ augmentation.zoom: [0, 0.1, 0.2] }]\n`;
    assert.match(problemsOf(t, none).join(), /every combination is excluded/);
  });
}
