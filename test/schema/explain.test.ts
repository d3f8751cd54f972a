/** One problem for each mistake, where the broken files do not reach: see test/broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, said } from './experiment.ts';

test('explain - a value of each kind against what was expected', (t) => {
  const cases: [override: string, expected: string][] = [
    [
      'stages[0].epochs=2.5',
      'wrongType stages[0].epochs: expected a whole number from 1 to 100000, got 2.5 (number)',
    ],
    [
      'stages[0].stepsPerEpoch=0',
      'outOfRange stages[0].stepsPerEpoch: expected a whole number of at least 1 or null, got 0',
    ],
    [
      'stages[0].learningRate=0',
      'outOfRange stages[0].learningRate: expected a number above 0 and at most 100, got 0',
    ],
    [
      'dataset.split.validation=1',
      'outOfRange dataset.split.validation: expected a number above 0 and below 1 or null, got 1',
    ],
    ['dataset.split.groupBy=3', 'wrongType dataset.split.groupBy: expected a string or null, got 3 (number)'],
    ['dataset.delimiter=";;"', 'wrongValue dataset.delimiter: expected at most 1 character, got 2'],
    ['dataset.delimiter=""', 'wrongValue dataset.delimiter: expected one character, got "" (string)'],
    ['dataset.fit=3', 'wrongType dataset.fit: expected "stretch", "crop" or "pad", got 3 (number)'],
    ['dataset.attributes={}', 'outOfRange dataset.attributes: expected at least 1 key, got an empty map'],
    [
      'dataset.attributes.kids=[a]',
      'outOfRange dataset.attributes.kids: expected at least 2 elements, got 1',
    ],
    [
      'dataset.normalize={mean: [1, 2], std: [1, 2, 3]}',
      'outOfRange dataset.normalize.mean: expected at least 3 elements, got 2',
    ],
    [
      'model.backbone={name: densenet}',
      'missingKey model.backbone.blocks: the key "blocks" is missing: a list of whole numbers',
    ],
    [
      'stages[0].optimizer={learningRate: 1}',
      'missingKey stages[0].optimizer.name: the key "name" is missing: "adam", "adamw", "sgd" or "rmsprop"',
    ],
    [
      'optimizer={name: 3}',
      'wrongType optimizer.name: expected "adam", "adamw", "sgd" or "rmsprop", got 3 (number)',
    ],
    [
      'loss.classWeights={age: {young: x}}',
      'wrongType loss.classWeights.age.young: expected a number of at least 0, got "x" (string)',
    ],
    ['stages=[]', 'outOfRange stages: expected at least 1 element, got 0'],
  ];
  for (const [override, expected] of cases)
    assert.deepEqual(said(check(t, [override]).problems), [expected], override);
});

test('explain - a misspelt key that is required is one problem', (t) => {
  assert.deepEqual(said(check(t, ['stages[0]={name: s, imageSize: 32, epoch: 3}']).problems), [
    'unknownKey stages[0].epoch: stages[0] has no key "epoch"',
  ]);
  assert.deepEqual(said(check(t, ['dataset.normalize={mean: [1, 2, 3], st: [1, 2, 3]}']).problems), [
    'unknownKey dataset.normalize.st: dataset.normalize has no key "st"',
  ]);
});

test('explain - two layers in one map: the second belongs in its own', (t) => {
  const { problems } = check(t, ['model.tower=[{dropout: 0.1, dense: 3}]']);
  assert.deepEqual(said(problems), ['unknownKey model.tower[0].dense: model.tower[0] has no key "dense"']);
  assert.equal(problems[0]?.hint, '"dense" belongs in a map of its own. Keys here: dropout.');
});

test('explain - a union inside a branch of a union, both wrong in places', (t) => {
  const { problems } = check(t, [
    'dataset.attributes.kids={clases: [a, b], column: 3}',
    'loss.classWeights={age: 3}',
  ]);
  assert.deepEqual(said(problems), [
    'unknownKey dataset.attributes.kids.clases: dataset.attributes.kids has no key "clases"',
    'wrongType dataset.attributes.kids.column: expected a string that is not empty, got 3 (number)',
    'wrongType loss.classWeights.age: expected "none", "balanced", "effectiveNumber" or a map, got 3 (number)',
  ]);
});

test('explain - the hint for a key of another map, also when it is misspelt', (t) => {
  const hint = (override: string) => check(t, [override]).problems[0]?.hint?.split(' Keys here')[0];
  assert.equal(hint('patience=3'), '"patience" is a key of stages[…].earlyStopping.');
  assert.equal(
    hint('lerningRate=3'),
    'Did you mean "learningRate"? "learningRate" is a key of the optimizer "adam".',
  );
  assert.equal(hint('stages[0].seed=3'), '"seed" belongs at the top of the file.');
  assert.equal(
    hint('stages[0].optimizer={name: adam, nesterov: true}'),
    '"nesterov" is a key of the optimizer "sgd".',
  );
});

test('explain - habits of other formats', (t) => {
  const hint = (override: string) => check(t, [override]).problems[0]?.hint;
  assert.equal(hint('stages[0].epochs=1_000'), 'Write 1000: YAML 1.2 takes a number with "_" for a string.');
  assert.equal(hint('dataset.split.validation="0,2"'), 'Write 0.2: the decimal sign is a point.');
  assert.equal(hint('stages[0].restoreBest=off'), 'Write false: YAML 1.2 takes other words for strings.');
  // The number is 10, but what must be quoted is what was written.
  assert.equal(hint('dataset.attributes.age=[0o12, b]'), 'Put it in quotes: "0o12".');
});

test('checkExperiment - says nothing about what readDocument has said', (t) => {
  assert.deepEqual(said(check(t, ['stages[0].epochs=.nan']).problems), [
    'notFinite stages[0].epochs: expected a number, got .nan',
  ]);
  // What an override that failed, or a base that is absent, may have held is not missing.
  const incomplete = check(t, [], 'extends: nowhere.yaml\nname: x\nsead: 3\n');
  assert.deepEqual(
    incomplete.problems.map(({ code }) => code),
    ['fileNotFound', 'unknownKey'],
  );
  assert.equal(incomplete.experiment, undefined);
});
