import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/setup/doctor.ts';
import { freePort } from '../../src/track/free-port.ts';

test('diagnose - a machine that is set up, and a tracking server that does not answer', async () => {
  process.env.MLFLOW_TRACKING_URI = `http://ada:secret@127.0.0.1:${await freePort()}`;
  const checks = new Map((await diagnose()).map((check) => [check.name, check]));
  for (const name of ['Node', 'npm packages', 'system', 'libtensorflow', 'call of TensorFlow']) {
    assert.equal(checks.get(name)?.ok, true, checks.get(name)?.found);
  }
  const server = checks.get('MLFLOW_TRACKING_URI');
  assert.equal(server?.ok, false);
  assert.match(server?.found ?? '', /no answer/);
  assert.doesNotMatch(server?.found ?? '', /secret/);
  assert.ok(server?.fix);
});
