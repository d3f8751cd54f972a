import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { seedAttempt } from '../../../src/sweep/launch/seed-attempt.ts';

/** Attempts that hold these files, each with its own number as text; and a new one, empty. */
function attempts(t: TestContext, files: readonly (readonly string[])[]) {
  const trial = mkdtempSync(join(tmpdir(), 'manyheads-seed-'));
  t.after(() => rmSync(trial, { recursive: true }));
  const all = [...files, []].map((names, at) => {
    const folder = join(trial, `attempt-${at + 1}`);
    mkdirSync(folder);
    for (const name of names) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), String(at + 1));
    }
    return { number: at + 1, folder };
  });
  return { earlier: all.slice(0, -1), folder: all.at(-1)!.folder };
}

const trained = ['run.json', 'metrics.jsonl', 'checkpoint/last.safetensors'];
const contentsOf = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

test('seedAttempt - the newest checkpoint, with what was logged up to it', (t) => {
  const { earlier, folder } = attempts(t, [trained, trained, ['run.json']]);
  assert.equal(seedAttempt(earlier, folder), 2);
  assert.equal(contentsOf(folder, 'checkpoint/last.safetensors'), '2');
  assert.equal(contentsOf(folder, 'metrics.jsonl'), '2');
  assert.ok(!existsSync(join(folder, 'run.json')));
});

test('seedAttempt - an attempt that was killed before its run began is passed over: it does not say what data its checkpoint is of', (t) => {
  const { earlier, folder } = attempts(t, [trained, ['metrics.jsonl', 'checkpoint/last.safetensors']]);
  assert.equal(seedAttempt(earlier, folder), 1);
  assert.equal(contentsOf(folder, 'checkpoint/last.safetensors'), '1');
});

test('seedAttempt - without a checkpoint it starts from the beginning, and knows what was told of an epoch', (t) => {
  const { earlier, folder } = attempts(t, [['run.json', 'metrics.jsonl']]);
  assert.equal(seedAttempt(earlier, folder), null);
  assert.equal(contentsOf(folder, 'metrics.jsonl'), '1');
  const none = attempts(t, []);
  assert.equal(seedAttempt(none.earlier, none.folder), null);
});
