import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepSecret, valueWithoutSecrets, withoutLogins, withoutSecrets } from '../src/secrets.ts';

test('withoutLogins - the user part of every address, a password with a slash or an @ too', () => {
  const text =
    'http://me:pw@host/a https://token@h:1 redis://:p@ss/w@h "ftp://a@b", mail x@y and http://host/x';
  assert.equal(
    withoutLogins(text),
    'http://•••@host/a https://•••@h:1 redis://•••@h "ftp://•••@b", mail x@y and http://host/x',
  );
});

test('withoutLogins - a long text takes no time', () => {
  const began = performance.now();
  for (const piece of ['a.', 'a://', 'http://x', '://@'])
    withoutLogins(piece.repeat(1_000_000 / piece.length));
  assert.ok(performance.now() - began < 5000);
});

test('withoutSecrets - a value that was kept, alone or quoted; a short one only as a word', () => {
  keepSecret('data');
  keepSecret('long-enough-to-be-one');
  keepSecret('with "quotes"');
  keepSecret('ab');
  assert.equal(
    withoutSecrets('data/x dataset "with \\"quotes\\"" xlong-enough-to-be-oney ab'),
    '•••/x dataset "•••" x•••y ab',
  );
});

test('valueWithoutSecrets - a value without any is the same object', () => {
  keepSecret('hidden-value');
  const plain = { a: [1, { b: 'x' }], c: null };
  assert.equal(valueWithoutSecrets(plain), plain);
  assert.deepEqual(valueWithoutSecrets({ a: ['hidden-value', plain], constructor: 'http://u@h' }), {
    a: ['•••', plain],
    constructor: 'http://•••@h',
  });
});
