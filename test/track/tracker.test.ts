/** Who may work on a run: one process at a time, on whatever machine, as state.json says. No server is needed for that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ownMark, type ProcessMark } from '../../src/machine/process-mark.mjs';
import { spoolFile } from '../../src/track/spool/spool.ts';
import { readRunState } from '../../src/track/spool/state.ts';
import { createTracker } from '../../src/track/tracker.ts';
import { describeRun } from './test-server.ts';

const dead: ProcessMark = { ...ownMark(), pid: spawnSync(process.execPath, ['-e', '']).pid };
const minutes = 60_000;

function folderWith(state: unknown): { runsFolder: string; folder: string } {
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-tracker-'));
  const folder = path.join(runsFolder, 'run');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'state.json'), typeof state === 'string' ? state : JSON.stringify(state));
  return { runsFolder, folder };
}

async function begin(runsFolder: string, notify: (message: string) => void = () => undefined): Promise<void> {
  const tracker = createTracker({ runsFolder, notify });
  tracker.start(describeRun('run'));
  await tracker.end('FINISHED');
}

test('start - a run that a process of another machine works on is refused, until that was silent for ten minutes', async () => {
  const elsewhere = { ...dead, host: 'another-machine', status: 'RUNNING' };
  const { runsFolder, folder } = folderWith(elsewhere);
  await assert.rejects(begin(runsFolder), {
    name: 'RunError',
    message: `run run is being worked on by process ${dead.pid} on another-machine`,
  });
  const old = folderWith({ ...elsewhere, time: Date.now() - 11 * minutes });
  // Begun long ago, but it wrote to its spool a moment ago.
  writeFileSync(spoolFile(old.folder), '');
  await assert.rejects(begin(old.runsFolder), /is being worked on/);
  const past = new Date(Date.now() - 11 * minutes);
  utimesSync(spoolFile(old.folder), past, past);
  await begin(old.runsFolder);
  assert.match(readFileSync(path.join(old.folder, 'state.json'), 'utf8'), /"FINISHED"/);
  assert.match(readFileSync(path.join(folder, 'state.json'), 'utf8'), /another-machine/);
});

test('start - a run whose process of this machine lives is refused; a dead one, and one with its number, are not', async () => {
  const shell = { ...ownMark(), pid: process.ppid, started: null, time: Date.now(), status: 'RUNNING' };
  await assert.rejects(begin(folderWith(shell).runsFolder), /is being worked on by process/);
  await begin(folderWith({ ...dead, status: 'RUNNING' }).runsFolder);
  await begin(folderWith({ ...ownMark(), started: '1', status: 'RUNNING' }).runsFolder);
  await begin(folderWith({ ...shell, status: 'KILLED' }).runsFolder);
  // This process itself, which goes on with a run that it did not end.
  await begin(folderWith({ ...ownMark(), status: 'RUNNING' }).runsFolder);
});

test('start - a damaged state.json is named and written anew: whoever works on a run has its lock', async () => {
  for (const text of ['', '{"pid": 12', '[]', '{"pid": 12, "host": "h", "status": "PAUSED"}']) {
    const said: string[] = [];
    const { runsFolder, folder } = folderWith(text);
    await begin(runsFolder, (message) => said.push(message));
    assert.equal(said.length, 1);
    assert.match(
      said[0]!,
      /^warning: .*run\/state\.json is damaged: expected (JSON|the mark of a process and a status).*; it is written anew$/,
    );
    assert.equal(readRunState(folder)?.status, 'FINISHED');
  }
});
