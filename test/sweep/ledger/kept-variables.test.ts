// What stands in a sweep's folder of a base whose address and description hold variables.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import type { ExperimentError } from '../../../src/errors.ts';
import { freezeSweep } from '../../../src/sweep/ledger/freeze.ts';
import { readSweep } from '../../../src/sweep/ledger/ledger.ts';
import { planSweep } from '../../../src/sweep/plan/plan.ts';
import { speedOf } from '../../../src/sweep/plan/price.ts';
import { sweepFile } from '../planned.ts';

const environment = { WHO: 'somebody', CANARY: 'canary-4242', ABOUT: 'canary-about' };

function frozen(t: TestContext, uri: string): string {
  const file = sweepFile(t, 'axes: { seed: [1, 2] }\n');
  const overrides = [`values={ tracking.mlflow.uri: "${uri}", description: "\${env:ABOUT} it" }`];
  const plan = planSweep(file, { environment, overrides, speed: speedOf([]) });
  return freezeSweep(plan, mkdtempSync(join(tmpdir(), 'manyheads-frozen-')))!.folder;
}

test('freezeSweep - variables of the address and the description stay variables in all files of the sweep', (t) => {
  const uri = `http://\${env:WHO}:\${env:CANARY}@127.0.0.1:9`;
  const folder = frozen(t, uri);
  const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  assert.ok(texts.length >= 4);
  for (const value of Object.values(environment)) assert.ok(!texts.join().includes(value), value);
  const base = parse(readFileSync(join(folder, 'base.yaml'), 'utf8'));
  assert.deepEqual([base.tracking.mlflow.uri, base.description], [uri, `\${env:ABOUT} it`]);
  assert.equal(readSweep(folder).tracking.uri, uri);
});

test('freezeSweep - a password that is written out is refused', (t) => {
  assert.throws(
    () => frozen(t, 'http://me:canary-4242@127.0.0.1:9'),
    (error: ExperimentError) => {
      assert.equal(error.problems[0]!.path, 'tracking.mlflow.uri');
      assert.doesNotMatch(error.message, /canary/);
      return true;
    },
  );
});
