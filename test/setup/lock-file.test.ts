// package-lock.json must hold the optional packages of every system, or `npm ci` refuses it; `npm install` may leave out
// those that it could not reach.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '../../src/setup/stamp.mjs';

interface Entry {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test('package-lock.json - every optional package of every package is listed', () => {
  const text = readFileSync(join(projectFolder, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Entry> };
  const missing: string[] = [];
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      const inside = `${path}/node_modules/${name}`;
      if (packages[inside] === undefined && packages[`node_modules/${name}`] === undefined)
        missing.push(name);
    }
  }
  assert.ok(Object.keys(packages).length > 100);
  assert.deepEqual(missing, []);
});
