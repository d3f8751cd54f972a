// What decides, besides the plan's key, whether stages that were trained elsewhere have the same numbers.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { circumstancesOf, sourceDigest } from '../../../src/sweep/ledger/circumstances.ts';
import { folderWith } from '../../file/folder.ts';
import { compileText, tinyText } from '../../plan/tiny.ts';

function digestOf(t: TestContext, overrides: string[] = [], device = 'cpu', dataDigest = 'images'): string {
  const { plan } = compileText(t, tinyText, {}, overrides);
  return circumstancesOf({ plan, dataDigest, tensorflow: { tensorflow: '2', device } });
}

test('circumstancesOf - XLA, the device, the images and a library of another setting count, and not which device was asked for', (t) => {
  const before = digestOf(t);
  assert.match(before, /^[0-9a-f]{16}$/);
  assert.equal(digestOf(t), before);
  assert.equal(digestOf(t, ['execution.device=cpu', 'execution.memoryGrowth=true', 'name=else']), before);
  assert.notEqual(digestOf(t, ['execution.xla=true']), before);
  assert.notEqual(digestOf(t, [], 'gpu'), before);
  assert.notEqual(digestOf(t, [], 'cpu', 'other images'), before);
  for (const [name, counts] of Object.entries({
    TF_NUM_INTRAOP_THREADS: true,
    CUDA_VISIBLE_DEVICES: false,
  })) {
    const own = process.env[name];
    process.env[name] = '7';
    try {
      assert.equal(digestOf(t) !== before, counts, name);
    } finally {
      if (own === undefined) delete process.env[name];
      else process.env[name] = own;
    }
  }
});

test('sourceDigest - a line of code or a new file changes it, a document does not', (t) => {
  const files = { 'a/x.ts': '1\n', 'y.cc': '2\n', 'README.md': 'old\n' };
  const digest = (more: Record<string, string>): string => sourceDigest(folderWith(t, { ...files, ...more }));
  const before = digest({});
  assert.equal(digest({ 'README.md': 'new\n', 'a/README.md': 'new\n' }), before);
  assert.notEqual(digest({ 'a/x.ts': '2\n' }), before);
  assert.notEqual(digest({ 'a/z.ts': '' }), before);
});
