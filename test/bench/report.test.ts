/** The tables of the documents are those of results.json. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { markdown, stepSummary, withBlock } from './report.ts';
import { type Results, resultsFile } from './results.ts';

const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

test('test/bench/README.md and README.md - their tables are what npm run bench wrote to results.json', () => {
  const all = read('README.md');
  assert.equal(withBlock(all, 'bench', markdown(results)), all);
  const main = read('../../README.md');
  assert.equal(withBlock(main, 'speed', stepSummary(results)), main);
});

test('withBlock - the text between two markers is replaced, and without them it is an error', () => {
  assert.equal(
    withBlock('a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n', 'x', 'new'),
    'a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n',
  );
  assert.throws(() => withBlock('a\n<!-- x:end --><!-- x:begin -->', 'x', 'new'), /no <!-- x:begin -->/);
});

test('stepSummary - a contender that was not measured leaves its cell empty', () => {
  const one = { ...results.steps[0]!, size: 7 };
  const some = { ...one, contenders: one.contenders.filter(({ name }) => name !== 'keras-onednn') };
  const row = stepSummary({ ...results, steps: [some] }).split('\n')[2];
  assert.match(row!, /^\| densenet121, 7 px \| \d+ \| \d+ \| {2}\| \d+ \|$/);
});
