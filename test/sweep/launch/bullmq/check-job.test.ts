import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkJob } from '../../../../src/sweep/launch/bullmq/check-job.ts';

const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
mkdirSync(join(runs, 'own'));
const outside = mkdtempSync(join(tmpdir(), 'manyheads-elsewhere-'));
symlinkSync(outside, join(runs, 'linked'));
const good = { sweepFolder: join(runs, 'own'), trial: '0123456789abcdef'.repeat(4), epochs: null };

test('checkJob - a trial of a sweep in the folder of the runs', () => {
  assert.deepEqual(checkJob(good, runs), { kind: 'trial', trial: good });
  assert.equal(checkJob({ ...good, epochs: 3, stop: true }, runs).kind, 'trial');
});

test('checkJob - what no sweep would submit', () => {
  const strange: unknown[] = [
    null,
    [],
    'x',
    {},
    { ...good, trial: '../../../etc' },
    { ...good, trial: `${good.trial} --slurm` },
    { ...good, trial: good.trial.toUpperCase() },
    { ...good, sweepFolder: 'own' },
    { ...good, sweepFolder: 5 },
    { ...good, epochs: 0 },
    { ...good, epochs: '3' },
    { ...good, stop: 'yes' },
  ];
  for (const data of strange) assert.equal(checkJob(data, runs).kind, 'strange', JSON.stringify(data));
});

test('checkJob - a folder outside the runs, by its words or by a link', () => {
  for (const folder of [
    outside,
    '/etc',
    runs,
    join(runs, '..'),
    join(runs, 'own', '..', '..', 'x'),
    join(runs, 'linked'),
  ])
    assert.equal(checkJob({ ...good, sweepFolder: folder }, runs).kind, 'elsewhere', folder);
  assert.equal(checkJob({ ...good, sweepFolder: join(runs, 'gone') }, runs).kind, 'trial');
});
