import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationTable } from '../../../src/report/tables/calibration-table.ts';

const plain = { terminal: false };

test('calibrationTable - before and after, thresholds, and why there is no temperature', () => {
  const worth = { rows: 300, logLoss: 0.6, calibrationError: 0.1, answered: 1, accuracy: 0.8 };
  const rates = { precision: 0.953, recall: 0.4, answers: 64 };
  const age = {
    name: 'age',
    decision: { temperature: 1.23456, unknownBelow: null },
    noTemperature: null,
    on: 'test',
    before: worth,
    after: { ...worth, logLoss: 0.55, calibrationError: 0.04, answered: 0.9, accuracy: 0.85 },
    thresholds: [
      {
        class: 'old',
        wish: { kind: 'precision', value: 0.95 },
        threshold: 0.71239,
        validation: rates,
        test: { precision: 0.9, recall: 0.375, answers: 60 },
      },
    ],
  } as const;
  const bag = {
    ...age,
    name: 'bag',
    decision: { temperature: 1, unknownBelow: null },
    noTemperature: 'allRight',
    thresholds: [],
  } as const;
  const text = calibrationTable([age, bag], plain);
  assert.match(text, /^Fitted on the validation part\. Before and after, told by the test part:$/m);
  assert.match(
    text,
    /^age +1\.235 +300 +0\.600 → 0\.550 +0\.100 → 0\.040 +1\.000 → 0\.900 +0\.800 → 0\.850$/m,
  );
  assert.match(text, /^age +old +precision 0\.95 +0\.7124 +0\.953 +0\.400 +64 +0\.900 +0\.375 +60$/m);
  assert.match(
    text,
    /^bag: every validation row is right, so that no temperature is the best; it stays 1\.$/m,
  );
  const folds = calibrationTable(
    [{ ...age, on: 'validationFolds', thresholds: [{ ...age.thresholds[0], test: null }] }],
    plain,
  );
  assert.match(folds, /each fifth of its rows by what was fitted on the others/);
  assert.match(folds, /A test part would tell what it is worth\.$/);
});
