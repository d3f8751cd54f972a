import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { cacheFolder } from '../../src/machine/cache-folder.mjs';

test('cacheFolder - MANYHEADS_CACHE comes first and may be relative', () => {
  const environment = { MANYHEADS_CACHE: 'big', XDG_CACHE_HOME: '/xdg', HOME: '/home/ada' };
  assert.equal(cacheFolder(environment), resolve('big'));
});

test('cacheFolder - XDG_CACHE_HOME comes second, and only where it is absolute', () => {
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/xdg', HOME: '/home/ada' }), '/xdg/manyheads');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'xdg', HOME: '/home/ada' }), '/home/ada/.cache/manyheads');
});

test('cacheFolder - variables set to nothing count as unset', () => {
  const environment = { MANYHEADS_CACHE: '', XDG_CACHE_HOME: '', HOME: '/home/ada' };
  assert.equal(cacheFolder(environment), '/home/ada/.cache/manyheads');
});

test('cacheFolder - without HOME the home folder of the account is used', () => {
  assert.equal(cacheFolder({}), join(homedir(), '.cache', 'manyheads'));
});
