// What Slurm says of a job that it ended becomes the exit record of its trial. The programs of Slurm are stood in for by
// scripts, as a test's own Slurm has neither cgroups to run out of memory nor the minutes to run out of time.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { createSlurmLauncher } from '../../../../src/sweep/launch/slurm/slurm-launcher.ts';
import { cureOfWaiting } from '../../../../src/sweep/launch/slurm/states.ts';
import {
  createAttempt,
  readTrials,
  trialFolder,
  writeAttempt,
  writeExit,
} from '../../../../src/sweep/ledger/ledger.ts';
import { openSweep } from '../../../../src/sweep/ledger/open.ts';
import { makeTiny, type Tiny } from '../../../run/tiny.ts';
import { newRuns, states, until, writeSweep } from '../../real-sweep.ts';

const programs = mkdtempSync(join(tmpdir(), 'manyheads-programs-'));
const queue = join(programs, 'queue');
const path = process.env.PATH;
let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
  const script = (name: string, text: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  script('squeue', `cat ${queue}`);
  // The queue has what the script's first line of options calls it.
  script('sbatch', `sed -n 's/^#SBATCH --job-name=/7|0|RUNNING|/; T; s/$/|None/; p' "$2" > ${queue}; echo 7`);
  script('scontrol', 'echo "MaxArraySize = 9"');
  script('scancel', '');
  process.env.PATH = `${programs}${delimiter}${path}`;
});
after(() => {
  process.env.PATH = path;
});

/**
 * One trial whose job comes to an end.
 * @param exit what whoever looked after the trial could write of it; nothing where it was killed too
 * @returns its exit record
 */
async function endedAs(state: string, exit?: { code: null; reason: string }) {
  writeFileSync(queue, '');
  const runs = newRuns();
  const file = writeSweep(tiny, state.toLowerCase(), 'axes: { optimizer.learningRate: [0.01] }\n', 1);
  const { folder } = openSweep(file, runs, { overrides: [], resume: false, force: false });
  const [trial] = readTrials(folder);
  const launcher = createSlurmLauncher(folder, {
    words: [],
    throttle: undefined,
    capacity: 1,
    environment: {},
    say: () => undefined,
  });
  const [end] = launcher.submit([{ trial: trial!.hash, epochs: null }]);
  await until('the job', () => readFileSync(queue, 'utf8') !== '');
  const [, , , name] = readFileSync(queue, 'utf8').split('|');
  const { folder: attempt, number } = createAttempt(trialFolder(folder, trial!.hash));
  const mark = { host: 'n1', pid: 1, started: null, time: Date.now() };
  writeAttempt(attempt, {
    ...mark,
    trial: trial!.hash,
    attempt: number,
    from: null,
    job: `${name}_0`,
    runId: 'x',
  });
  if (exit !== undefined) writeExit(attempt, { ...exit, ended: '', seconds: 3, epochs: 2 });
  writeFileSync(queue, readFileSync(queue, 'utf8').replace('RUNNING', state));
  await end;
  await launcher.close();
  return states(folder)[0]!.exit!;
}

test('createSlurmLauncher - a job out of memory is not tried again in the same way, one out of time is', async () => {
  const memory = await endedAs('OUT_OF_MEMORY');
  assert.equal(memory.code, 64);
  assert.match(memory.reason!, /OUT_OF_MEMORY.*--failed .*--sbatch "--mem=/);
  const time = await endedAs('TIMEOUT');
  assert.equal(time.code, null);
  assert.match(time.reason!, /TIMEOUT.*--time=.*--signal=B:USR1@SECONDS/);
  assert.match((await endedAs('FAILED')).reason!, /its job ended as FAILED/);
});

test('createSlurmLauncher - a kill for want of memory is explained, whatever else was seen of it', async () => {
  const killed = { code: null, reason: 'its process was ended by SIGKILL' };
  const memory = await endedAs('OUT_OF_MEMORY', killed);
  assert.deepEqual([memory.code, memory.seconds, memory.epochs], [64, 3, 2]);
  assert.match(memory.reason!, /more memory than Slurm gave it/);
  assert.equal((await endedAs('FAILED', killed)).reason, killed.reason);
});

test('cureOfWaiting - reasons that do not pass by themselves, as squeue has them; no word where a job just waits', () => {
  for (const [reason, cure] of [
    ['PartitionDown', /--partition/],
    ['PartitionTimeLimit', /--time/],
    ['ReqNodeNotAvail, UnavailableNodes:n1', /sinfo -R/],
    [
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
      /sinfo -R/,
    ],
    ['BadConstraints', /sinfo -N/],
    ['JobHeldAdmin', /scontrol release/],
    ['launch failed requeued held', /scontrol release/],
    ['QOSMaxJobsPerUserLimit', /begins when others/],
    ['AssocGrpGRES', /begins when others/],
    ['InvalidAccount', /sacctmgr/],
  ] as const)
    assert.match(cureOfWaiting(reason) ?? '', cure, reason);
  for (const reason of ['None', 'Resources', 'Priority', 'JobArrayTaskLimit', 'BeginTime', 'Dependency'])
    assert.equal(cureOfWaiting(reason), undefined, reason);
});
