import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCompared } from '../../src/compare/trials.ts';
import { RunError } from '../../src/errors.ts';
import { readPlan, readResult } from '../../src/run/folders.ts';

const FINISHED = '20261130-142546-old-b3564c';

test('readPlan, readResult - a damaged file is told with its place, and what reads it ends with that sentence', (t) => {
  const runs = mkdtempSync(join(tmpdir(), 'manyheads-files-'));
  t.after(() => rmSync(runs, { recursive: true }));
  const run = join(runs, FINISHED);
  cpSync(join(import.meta.dirname, 'fixtures/old-runs/runs', FINISHED), run, { recursive: true });
  readPlan(run);
  readResult(run);
  const damage = (
    name: string,
    change: (text: string) => string,
    read: () => unknown,
    said: RegExp,
  ): void => {
    const file = join(run, name);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, change(before));
    for (const reader of [read, () => readCompared(runs, [FINISHED])])
      assert.throws(reader, (error) => error instanceof RunError && said.test(error.message), `${said}`);
    writeFileSync(file, before);
  };
  const plan = (): unknown => readPlan(run);
  const result = (): unknown => readResult(run);
  damage('plan.json', (text) => text.slice(0, 3000), plan, /plan\.json is damaged: expected JSON/);
  damage(
    'plan.json',
    (text) => text.replace('"hash"', '"hush"'),
    plan,
    /hash: expected a text, found nothing/,
  );
  damage(
    'plan.json',
    (text) => {
      const parsed = JSON.parse(text) as { settings: Record<string, unknown> };
      parsed.settings.stages = 5;
      return JSON.stringify(parsed);
    },
    plan,
    /settings\.stages: expected a list, found 5/,
  );
  damage(
    'result.json',
    (text) => text.replace(/"accuracy": [0-9.]+/, '"accuracy": "high"'),
    result,
    /stages\[0\]\.metrics\.mean\.accuracy: expected a number, found "high"/,
  );
  damage('result.json', () => '[]', result, /result\.json is damaged: expected a map, found a list of 0/);
});
