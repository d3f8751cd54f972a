// Disks that are full, can only be read, or lose a run's folder; files in it that hold garbage. A sentence each, and no run is lost.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ExperimentError, RunError } from '../../src/errors.ts';
import type { RunOutcome } from '../../src/run/outcome.ts';
import { readRecord } from '../../src/run/record.ts';
import { readHistory } from '../../src/train/history.ts';
import { runCommand } from './command.ts';
import { runHere } from './here.ts';
import { makeTiny, type Tiny } from './tiny.ts';

const overrides = ['stages[small].epochs=2', 'stages[heads].epochs=1'];
const scratch = mkdtempSync(join(tmpdir(), 'manyheads-disk-'));
const mounted: string[] = [];
let tiny: Tiny;
let whole: RunOutcome;

function mount(options: string, folder = mkdtempSync(join(scratch, 'disk-'))): string | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  if (!mounted.includes(folder)) mounted.push(folder);
  return folder;
}
const probe = mount('size=64k');
const skip = probe === undefined && 'a small disk can be mounted by root alone';

function inRuns(runs = mkdtempSync(join(scratch, 'runs-'))): string {
  process.env.MANYHEADS_RUNS = runs;
  return runs;
}

before(async () => {
  process.env.MANYHEADS_CACHE = join(scratch, 'cache');
  delete process.env.MLFLOW_TRACKING_URI;
  tiny = await makeTiny(30);
  inRuns();
  whole = await runHere(tiny.experiment, { overrides });
});
after(() => {
  for (const folder of mounted) spawnSync('umount', [folder]);
  rmSync(scratch, { recursive: true });
});

async function failureOf(action: Promise<unknown>): Promise<Error> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof RunError || error instanceof ExperimentError, (error as Error).stack);
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('run FILE - on a full disk says so, is not left running, and goes on when there is room', {
  skip,
}, async () => {
  // There is no room for the program, or for the checkpoints.
  for (const size of ['120k', '500k']) {
    const runs = inRuns(mount(`size=${size}`)!);
    const { message } = await failureOf(runHere(tiny.experiment, { overrides }));
    assert.match(message, /ENOSPC/, size);
    const [runId] = readdirSync(runs);
    const folder = join(runs, runId!);
    const { status, error } = readRecord(folder);
    assert.equal(status, 'failed', size);
    assert.match(error!, /ENOSPC/);
    assert.ok(message.includes(folder), message);
    assert.equal(spawnSync('mount', ['-o', 'remount,size=20m', runs]).status, 0);
    const ended = await runHere(tiny.experiment, { overrides, resume: true });
    assert.equal(ended.weightsHash, whole.weightsHash, size);
    assert.equal(readHistory(folder).length, 3);
  }
});

test('run sweep - on a full disk ends, with one sentence', { skip }, async () => {
  const runs = mount('size=180k')!;
  const sweep = join(tiny.folder, 'sweep.yaml');
  writeFileSync(
    sweep,
    `name: full\nbase: tiny.yaml\naxes:\n  optimizer.clipNorm: [1]\nlimits: { retries: 0 }\n`,
  );
  const environment = { MANYHEADS_RUNS: runs, MANYHEADS_CACHE: join(scratch, 'cache') };
  const { code, stdout, stderr } = await runCommand(['sweep', sweep, '--parallel', '1'], environment);
  assert.equal(code, 1, stderr);
  assert.match(stdout + stderr, /there is no room left on the disk of|ENOSPC/);
  assert.doesNotMatch(stdout + stderr, /\n\s+at /);
});

test('run FILE - whose folder is removed while it runs fails, and makes no new one', async () => {
  const runs = inRuns();
  const { message } = await failureOf(
    runHere(tiny.experiment, {
      overrides,
      onEvent(event) {
        if (event.type !== 'epoch' || event.report.runEpoch !== 2) return;
        for (const name of readdirSync(runs)) rmSync(join(runs, name), { recursive: true });
      },
    }),
  );
  assert.match(message, /was removed while the run was at work in it/);
  assert.deepEqual(readdirSync(runs), []);
});

test('MANYHEADS_RUNS - a file, a place where nothing can be made, a disk that can only be read: one sentence', async () => {
  const file = join(scratch, 'file');
  writeFileSync(file, '');
  inRuns(file);
  assert.match(
    (await failureOf(runHere(tiny.experiment))).message,
    /^MANYHEADS_RUNS: expected a folder for the runs, found the file/,
  );
  for (const place of ['/proc/runs', '/proc/runs/below', join(file, 'below')]) {
    inRuns(place);
    const error = await failureOf(runHere(tiny.experiment, { overrides }));
    assert.ok(error instanceof ExperimentError);
    assert.match(error.message, /^MANYHEADS_RUNS: (runs can't be kept in|expected a folder)/);
  }
  if (skip) return;
  const disk = mount('size=64k')!;
  spawnSync('mount', ['-o', 'remount,ro', disk]);
  inRuns(disk);
  assert.match(
    (await failureOf(runHere(tiny.experiment, { overrides }))).message,
    /on a disk that can only be read/,
  );
});

test('run FILE --resume - over garbage in its files goes on to the same weights', async () => {
  const garbage: Readonly<Record<string, (folder: string) => void>> = {
    'state.json, a torn line of the history, lines in the spool that are no events': (folder) => {
      writeFileSync(join(folder, 'state.json'), '{"status": "RUN');
      appendFileSync(join(folder, 'history.jsonl'), '{"stage":0,"sta');
      const lines = [
        'garbage',
        'null',
        '{"type":"metrics","time":1}',
        '{"type":"run","time":"x"}',
        '[]',
        '{"type":"image"}',
      ];
      appendFileSync(join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n\0\0`);
      writeFileSync(join(folder, 'history.jsonl.123.0a1b2c3d.part'), 'x');
      writeFileSync(join(folder, 'checkpoint', 'last.safetensors.123.0a1b2c3d.part'), 'x');
    },
    'a history whose first line is gone': (folder) =>
      writeFileSync(
        join(folder, 'history.jsonl'),
        readFileSync(join(folder, 'history.jsonl'), 'utf8').replace(/^.*\n/, 'x\n'),
      ),
  };
  for (const [what, damage] of Object.entries(garbage)) {
    const runs = inRuns();
    const { runId } = await runHere(tiny.experiment, { overrides, stopAt: 5 });
    const folder = join(runs, runId);
    damage(folder);
    const ended = await runHere(tiny.experiment, { overrides, resume: true });
    assert.equal(ended.weightsHash, whole.weightsHash, what);
    assert.match(ended.notes.join('\n'), /state\.json is damaged|the run begins again/);
    assert.equal(readHistory(folder).length, 3);
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      left.filter((name) => /\.part$|reserve|lock/.test(name)),
      [],
    );
  }
});

test('an image cache - on a full disk says how much room is needed', { skip }, async () => {
  const folder = mount('size=64k')!;
  inRuns();
  process.env.MANYHEADS_CACHE = folder;
  mkdirSync(join(folder, 'images'));
  const { message } = await failureOf(runHere(tiny.experiment, { overrides }));
  process.env.MANYHEADS_CACHE = join(scratch, 'cache');
  assert.match(message, /expected room for \d+ MB of decoded images|no room left on the disk/);
  assert.ok(existsSync(folder));
});
