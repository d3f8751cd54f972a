import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeArtifactPath,
  encodeMetric,
  encodeName,
  encodeParameter,
  encodeRecord,
  encodeTag,
  encodeText,
  NameTable,
} from '../../../src/track/spool/encode.ts';

test('encodeMetric - cuts the fraction of a timestamp, which would be stored as 0', () => {
  // performance.timeOrigin + performance.now() has a fraction
  assert.deepEqual(encodeMetric('a', 0.5, 1000.25, 3), { key: 'a', value: 0.5, timestamp: 1000, step: 3 });
});

test('encodeMetric - refuses a step that is no integer, which would be stored as 0 and drop the rest', () => {
  assert.throws(() => encodeMetric('a', 1, 1000, 1.5), /step: expected an integer, got 1.5/);
  assert.throws(() => encodeMetric('a', 1, 1000, Number.NaN), TypeError);
  assert.throws(() => encodeMetric('a', 1, 1000, 2 ** 53), TypeError);
});

test('encodeMetric - refuses values that are no finite numbers', () => {
  const wrong: unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, 'abc', [1], null, undefined, true, 5n];
  for (const value of wrong) assert.throws(() => encodeMetric('a', value as number, 1000, 0), TypeError);
});

test('encodeMetric - keeps every double, and has no negative zero', () => {
  for (const value of [5e-324, 1.7976931348623157e308, 0.1, -1e-7]) {
    const text = JSON.stringify(encodeMetric('a', value, 0, 0));
    assert.equal((JSON.parse(text) as { value: number }).value, value);
  }
  assert.ok(Object.is(encodeMetric('a', -0, 0, -0).value, 0));
});

test('encodeParameter - numbers, truth values and null are text; a number would be stored as ""', () => {
  assert.equal(encodeParameter(0.1), '0.1');
  assert.equal(encodeParameter(1e-7), '1e-7');
  assert.equal(encodeParameter(true), 'true');
  assert.equal(encodeParameter(null), 'null');
  assert.equal(encodeParameter(''), '');
});

test('encodeParameter - what MLflow would cut in silence is cut with a note, within its limit', () => {
  const cut = encodeParameter('x'.repeat(7000));
  assert.equal(cut.length, 6000);
  assert.ok(cut.endsWith('x … (cut: 7000 characters)'));
  assert.equal(encodeParameter('x'.repeat(6000)), 'x'.repeat(6000));
});

test('encodeTag - a truth value that got in is text; a long one is cut between whole characters', () => {
  assert.equal(encodeTag(true as unknown as string), 'true');
  // 27 characters of note: the cut at 7,973 goes through the second half of a surrogate pair
  const cut = encodeTag(`x${'😀'.repeat(4000)}`);
  assert.ok(cut.length <= 8000);
  assert.equal(cut, encodeText(cut));
});

test('encodeText - lone surrogates and NUL become replacement characters', () => {
  assert.equal(encodeText('a\ud800b\0c😀'), 'a\ufffdb\ufffdc😀');
});

test('encodeName - hand-worked names', () => {
  const cases: [string, string][] = [
    ['train/loss', 'train/loss'],
    ['stages[0].epochs', 'stages.0.epochs'],
    ['stages[10].trainable[2]', 'stages.10.trainable.2'],
    ['[0].a', '0.a'],
    ['accuracy@5 (top)', 'accuracy_5 _top_'],
    ["it's = 5%, [x]", 'it_s _ 5__ _x_'],
    ['/a//b/', 'a/b'],
    ['a/../b/./c', 'a/__/b/_/c'],
    ['größe/Größe', 'größe/Größe'],
    // e and a combining accent, two characters that MLflow refuses, are one letter that it takes
    ['caf\u0065\u0301', 'caf\u00e9'],
    ['衣服', '衣服'],
    ['😀', '_'],
    ['', '_'],
    ['//', '_'],
  ];
  for (const [key, name] of cases) assert.equal(encodeName(key), name, key);
});

test('encodeName - long names stay apart within 250 characters, and encoding twice changes nothing', () => {
  const one = encodeName(`${'x'.repeat(300)}1`);
  const two = encodeName(`${'x'.repeat(300)}2`);
  assert.equal(one.length, 250);
  assert.notEqual(one, two);
  for (const name of [one, 'accuracy_5 _top_', 'stages.0.epochs']) assert.equal(encodeName(name), name);
});

test('NameTable - two keys never share a name, one key keeps its name', () => {
  const names = new NameTable();
  assert.equal(names.name('a@b'), 'a_b');
  assert.equal(names.name('a_b'), 'a_b_2');
  assert.equal(names.name('a%b'), 'a_b_3');
  assert.equal(names.name('a@b'), 'a_b');
});

test('encodeRecord - fields are text under names of their own', () => {
  assert.deepEqual(encodeRecord({ 'a[0]': 1, 'a.0': null }, encodeParameter), [
    { key: 'a.0', value: '1' },
    { key: 'a.0_2', value: 'null' },
  ]);
});

test('encodeArtifactPath - never leaves the store and has no character that servers refuse', () => {
  assert.equal(encodeArtifactPath('../../etc/a#b.txt'), 'etc/a_b.txt');
  assert.equal(encodeArtifactPath('a\\b//c d.png'), 'a/b/c d.png');
  assert.throws(() => encodeArtifactPath('../'), /expected a name/);
});
