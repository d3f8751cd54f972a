import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModelDescription } from '../../src/bundle/model.ts';
import { ExperimentError } from '../../src/errors.ts';
import { planOfModel, type RowsWanted, selectRows, usualPart } from '../../src/evaluate/rows.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { folderWith } from '../file/folder.ts';

const lines = Array.from({ length: 20 }, (_, i) => `${i}.jpg,${i % 3 === 0 ? 'hat' : 'shoe'},p${i % 8}`);
const text = `image_path,kind,who\n${lines.join('\n')}\n`;
const head = { name: 'kind', column: 'kind', classes: ['hat', 'shoe'], majority: 'shoe', ordinal: false };
const model = {
  run: { id: 'r1', planHash: 'abc' },
  table: { imageColumn: 'image_path', delimiter: ',', missing: [] },
  heads: [head],
} as unknown as ModelDescription;
const split = { validation: 0.25, test: 0.2, seed: 1, stratifyBy: [], groupBy: 'who', column: null };
const none: RowsWanted = { part: null, table: null, images: null, allowOutside: null, groupBy: null };

function planOf(folder: string, digest: string): Plan {
  return {
    hash: 'abc',
    settings: {
      dataset: { tableDigest: digest, imageColumn: 'image_path', split, heads: [head], onBadImage: 'stop' },
    },
    dataset: { testRows: 4 },
    locations: { table: join(folder, 't.csv'), images: join(folder, 'photos') },
  } as unknown as Plan;
}

const digestOf = (folder: string): string =>
  selectRows(model, null, { ...none, table: join(folder, 't.csv') }).table.digest;

function codesOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems.map(({ code, path }) => `${code} ${path}`);
  }
}

test('selectRows - the parts of the run’s split, with labels, groups and paths in their order', (t) => {
  const folder = folderWith(t, { 't.csv': text });
  const plan = planOf(folder, digestOf(folder));
  assert.equal(usualPart(plan), 'test');
  const [tested, validated] = (['test', 'validation'] as const).map((part) =>
    selectRows(model, plan, { ...none, part }),
  );
  assert.equal(
    new Set([...tested!.rows, ...validated!.rows]).size,
    tested!.rows.length + validated!.rows.length,
  );
  const [first] = tested!.rows;
  assert.equal(tested!.paths[0], join(folder, 'photos', `${first}.jpg`));
  assert.equal(tested!.heads[0]!.labels_N[0], first! % 3 === 0 ? 0 : 1);
  assert.deepEqual([tested!.groups?.column, tested!.groups?.cells[0]], ['who', `p${first! % 8}`]);
  assert.equal(tested!.heads[0]!.majority, 1);
  assert.deepEqual(tested!.notes, []);
  assert.equal(tested!.trained!.rows.length, 20 - tested!.rows.length);
});

test('selectRows - a table that has changed is told of', (t) => {
  const folder = folderWith(t, { 't.csv': text });
  const { notes, trained } = selectRows(model, planOf(folder, 'other'), { ...none, part: 'test' });
  assert.match(notes.join(), /t\.csv is not as it was when the model was trained/);
  assert.equal(trained, null);
});

test('selectRows - all rows of another table; a head without its column is left out', (t) => {
  const folder = folderWith(t, { 't.csv': text, 'few.csv': 'image_path,other\n1.jpg,x\n' });
  const rows = selectRows(model, null, { ...none, table: join(folder, 't.csv'), groupBy: 'who' });
  assert.equal(rows.rows.length, 20);
  assert.equal(rows.paths[3], join(folder, '3.jpg'));
  assert.deepEqual([rows.groups?.cells[9], rows.heads[0]!.majority], ['p1', 1]);
  const two = {
    ...model,
    heads: [head, { ...head, name: 'x', column: 'size' }],
  } as unknown as ModelDescription;
  const partly = selectRows(two, null, { ...none, table: join(folder, 't.csv') });
  assert.match(partly.notes.join(), /no column size: those heads are not evaluated/);
  assert.ok(partly.heads[1]!.labels_N.every((label) => label === -1));
  assert.deepEqual(
    codesOf(() => selectRows(model, null, { ...none, table: join(folder, 'few.csv') })),
    ['unknownColumn --table'],
  );
});

test('selectRows - what is not known without the run, and a split without rows for testing', (t) => {
  const folder = folderWith(t, { 't.csv': text });
  assert.deepEqual(
    codesOf(() => selectRows(model, null, { ...none, part: 'test' })),
    ['unknownRun --part'],
  );
  const plan = planOf(folder, digestOf(folder));
  const untested = {
    ...plan,
    dataset: {},
    settings: { dataset: { ...plan.settings.dataset, split: { ...split, test: null } } },
  } as unknown as Plan;
  assert.equal(usualPart(untested), 'validation');
  assert.deepEqual(
    codesOf(() => selectRows(model, untested, { ...none, part: 'test' })),
    ['emptyData --part'],
  );
});

test('planOfModel - of the folder around the model, else of the run of its name, and of no other plan', (t) => {
  const hash = 'a'.repeat(64);
  const settings = { dataset: {}, model: {}, execution: {}, stages: [{ name: 'one', epochs: 1 }] };
  const plan = { hash, name: 'own', settings, locations: { table: 't.csv' }, experiment: {} };
  const folder = folderWith(t, { 'r1/plan.json': JSON.stringify(plan) });
  const own = { ...model, run: { ...model.run, planHash: hash } };
  const copied = join(folder, 'elsewhere', 'model');
  mkdirSync(copied, { recursive: true });
  assert.equal(planOfModel(join(folder, 'r1', 'model'), own, '/nowhere')?.name, 'own');
  assert.equal(planOfModel(copied, own, folder)?.name, 'own');
  assert.equal(planOfModel(copied, own, '/nowhere'), null);
  writeFileSync(join(folder, 'r1', 'plan.json'), JSON.stringify({ ...plan, hash: 'd'.repeat(64) }));
  assert.equal(planOfModel(copied, own, folder), null);
});

test('selectRows - the run’s own table keeps to its folder as its file says, another one unless it is allowed', (t) => {
  const folder = folderWith(t, { 't.csv': text.replace('0.jpg', '../0.jpg') });
  const table = join(folder, 't.csv');
  const other = { ...none, table };
  assert.deepEqual(
    codesOf(() => selectRows(model, null, other)),
    ['outsideFolder '],
  );
  const allowed = selectRows(model, null, { ...other, allowOutside: true });
  assert.equal(allowed.rows.length, 20);
  const planWith = (allowOutside: boolean | undefined) =>
    ({
      ...planOf(folder, allowed.table.digest),
      experiment: { dataset: { allowOutside } },
    }) as unknown as Plan;
  const codes = (allowOutside: boolean | undefined) =>
    codesOf(() => selectRows(model, planWith(allowOutside), { ...none, part: 'validation' }));
  assert.deepEqual(codes(false), ['outsideFolder ']);
  assert.deepEqual([codes(true), codes(undefined)], [[], []]);
});
