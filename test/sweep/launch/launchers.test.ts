/** The table of launchers: the command line has what it says, and no other file knows a launcher by name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExperimentError } from '../../../src/errors.ts';
import {
  jobName,
  type LauncherOptions,
  launcherNames,
  launcherOf,
  launcherOptions,
  openLauncher,
  workedLaunchers,
} from '../../../src/sweep/launch/launchers.ts';
import { runCommand } from '../../run/command.ts';

const src = join(import.meta.dirname, '../../../src');

/** What is wrong with these options: place, message, hint. */
async function problemsOf(options: LauncherOptions): Promise<string[]> {
  try {
    await openLauncher(options, () => undefined);
    return [];
  } catch (error) {
    return (error as ExperimentError).problems.map(
      ({ path, message, hint }) => `${path} ${message}: ${hint}`,
    );
  }
}

test('launchers - a file for each; none but these and the table has the name', () => {
  const isOwn = (file: string): boolean =>
    file === 'sweep/launch/launchers.ts' ||
    launcherNames.some(
      (name) => file === `sweep/launch/${name}.ts` || file.startsWith(`sweep/launch/${name}/`),
    );
  const files = ['sweep', 'commands', 'report', 'compare'].flatMap((room) =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(room, file)),
  );
  for (const name of launcherNames) assert.ok(files.includes(`sweep/launch/${name}.ts`), name);
  const others = files.filter((file) => !isOwn(file));
  assert.ok(others.length > 60);
  const named = others.filter((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    return (
      launcherNames.some((name) => text.includes(`'${name}'`)) ||
      launcherOptions.some(({ name, flag }) => text.includes(`'${name}'`) || text.includes(`'${flag}'`))
    );
  });
  assert.deepEqual(named, []);
});

test('launchers - each option belongs to some, and only a queue has a worker or starts processes', () => {
  assert.deepEqual(
    launcherOptions.map(({ flag, launchers }) => [flag, launchers]),
    [
      ['--queue', ['bullmq']],
      ['--sbatch', ['slurm']],
    ],
  );
  assert.deepEqual(workedLaunchers, ['bullmq']);
  assert.equal(launcherOf('local').task, null);
});

test('openLauncher - options that are not for the launcher, all at once', async () => {
  assert.deepEqual(await problemsOf({ queue: 'redis://x', sbatch: '--mem=1G' }), [
    '--queue is for --launcher bullmq alone: Add --launcher bullmq.',
    '--sbatch is for --launcher slurm alone: Add --launcher slurm.',
  ]);
  assert.deepEqual(await problemsOf({ launcher: 'bullmq', sbatch: '', perGpu: 2 }), [
    '--sbatch is for --launcher slurm alone: Add --launcher slurm.',
    '--per-gpu is not for --launcher bullmq: Each worker says it for its machine: run worker --per-gpu 2.',
  ]);
  assert.deepEqual(await problemsOf({ launcher: 'local', perGpu: 2, parallel: 3 }), []);
});

test('jobName - a task of an array by its name, which lasts; undefined outside of one', () => {
  assert.equal(jobName({}), undefined);
  assert.equal(jobName({ SLURM_JOB_ID: '3', SLURM_JOB_NAME: 'x' }), undefined);
  const task = { SLURM_JOB_NAME: 'tpe-1f2e.20260101T000000-abcd', SLURM_ARRAY_JOB_ID: '7' };
  assert.equal(jobName({ ...task, SLURM_ARRAY_TASK_ID: '3' }), 'tpe-1f2e.20260101T000000-abcd_3');
});

test('launchers - run sweep, run worker and their help have what the table has', async () => {
  const help = await runCommand(['sweep', '--help']);
  const text = help.stdout.replace(/\s+/g, ' ');
  for (const name of launcherNames) assert.ok(text.includes(`${name} (${launcherOf(name).where})`), name);
  for (const { flag, value, launchers } of launcherOptions)
    assert.ok(text.includes(`${flag} <${value}> of a sweep with --launcher ${launchers}:`), flag);
  const worker = await runCommand(['worker', '--launcher', 'slurm']);
  assert.equal(worker.code, 2);
  assert.match(worker.stderr, /--launcher: expected bullmq, got "slurm"/);
  const wrong = await runCommand(['sweep', 'x.yaml', '--launcher', 'cloud']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--launcher: expected local, bullmq or slurm, got "cloud"/);
  const experiment = await runCommand(['test/broken/good.yaml', '--sbatch', '--mem=1G'], {}, join(src, '..'));
  assert.equal(experiment.code, 2);
  assert.match(experiment.stderr, /--sbatch is for sweeps/);
});
