import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meantName, namesHint, nearestFirst } from '../../src/file/names.ts';

test('nearestFirst - by changed letters, ties in the given order', () => {
  // epoch → epochs: 1; loss: 4 letters replaced and one removed; poch: 1.
  assert.deepEqual(nearestFirst('epoch', ['loss', 'epochs', 'poch']), ['epochs', 'poch', 'loss']);
});

test('meantName - capitals do not count, letters that changed places count less', () => {
  assert.equal(meantName('batchnorm', ['dropout', 'batchNorm']), 'batchNorm');
  // gpm is two replacements from gap and from gmp, but has the letters of gmp.
  assert.equal(meantName('gpm', ['gap', 'gmp']), 'gmp');
});

test('meantName - nothing where too little is shared', () => {
  assert.equal(meantName('max', ['gap', 'gmp']), undefined);
  assert.equal(meantName('rmsprop', ['adam', 'sgd']), undefined);
  assert.equal(meantName('x', []), undefined);
});

test('namesHint - names the likely one and lists all', () => {
  assert.equal(namesHint('adan', ['sgd', 'adam']), 'Did you mean "adam"? There are: adam, sgd.');
  assert.equal(namesHint('rmsprop', ['sgd', 'adam']), 'There are: sgd, adam.');
  assert.equal(namesHint('x', []), undefined);
});
