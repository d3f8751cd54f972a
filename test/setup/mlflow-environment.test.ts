import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mlflowPackages } from '../../src/setup/mlflow-environment.ts';
import { mlflowVersion } from '../../src/setup/versions.mjs';

test('mlflowPackages - MLflow of our version and all it needs, each of one version for a Python, with the SHA-256 of its files', () => {
  const entries = readFileSync(mlflowPackages, 'utf8').replaceAll('\\\n', ' ').trim().split('\n');
  const seen = new Set<string>();
  for (const entry of entries) {
    // No address, no option, no range of versions, no package without a hash.
    assert.match(entry, /^[a-z0-9-]+==[\w.]+ (?:; [^\\]*?)?(?: +--hash=sha256:[0-9a-f]{64})+$/, entry);
    const [requirement, marker] = entry.split(/ +--hash/)[0]!.split(' ; ');
    const name = requirement!.split('==')[0]!;
    assert.ok(marker !== undefined || !seen.has(name), `${name} stands twice`);
    seen.add(name);
  }
  assert.ok(entries.some((entry) => entry.startsWith(`mlflow==${mlflowVersion} `)));
  assert.ok(seen.has('sqlalchemy') && seen.has('flask') && seen.has('typing-extensions'));
});
