// What a checkpoint is believed of: nothing that was changed since it was written, and no place that its plan does not have.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import {
  type Checkpoint,
  checkpointFile,
  hasCheckpoint,
  readBest,
  readCheckpoint,
  writeBest,
  writeCheckpoint,
} from '../../src/train/checkpoint.ts';
import { appendHistory } from '../../src/train/history.ts';
import { findResumePoint } from '../../src/train/resume-point.ts';
import { readWeightsFile } from '../../src/weights/read.ts';
import { readSafeTensors, writeSafeTensors } from '../../src/weights/safetensors.ts';
import { checkpointAt, epochReport, planOfStages } from './checkpoints.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'manyheads-checkpoint-'));
const plan = planOfStages(5, 3);

/** A run's folder with the checkpoints of these epochs, and the best weights of the last of them. */
function folderWith(...epochs: number[]): string {
  const folder = newFolder();
  for (const epoch of epochs) {
    const checkpoint = checkpointAt(epoch);
    writeBest(folder, checkpoint.state, { planHash: plan.hash, stage: 'one', epoch });
    appendHistory(folder, epochReport(epoch));
    writeCheckpoint(folder, plan.hash, checkpoint);
  }
  return folder;
}

function flip(file: string, at: number, bit = 0): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1 << bit;
  writeFileSync(file, bytes);
}

const epochOf = (found: Checkpoint | undefined): number | undefined => found?.position.epoch;

test('readCheckpoint - what was written, checked; nothing where there is none; not that of another plan', () => {
  const folder = folderWith(2);
  const written = checkpointAt(2);
  const found = readCheckpoint(folder, plan)!;
  assert.deepEqual(found, { ...written, isChecked: true });
  assert.equal(readCheckpoint(newFolder(), plan), undefined);
  assert.throws(() => readCheckpoint(folder, { ...plan, hash: 'b'.repeat(64) }), /belongs to another plan/);
  assert.deepEqual([hasCheckpoint(folder), hasCheckpoint(newFolder())], [true, false]);
});

test('readCheckpoint - one changed bit anywhere in the file is refused, in the weights and in all else', () => {
  const folder = folderWith(2);
  const file = checkpointFile(folder, 'last');
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << (at % 8);
    writeFileSync(file, bytes);
    assert.throws(() => readCheckpoint(folder, plan), RunError, `byte ${at} of ${whole.length}`);
  }
  writeFileSync(file, whole);
  assert.ok(readCheckpoint(folder, plan));
  // The file as it is cannot be used as weights of another experiment either.
  flip(file, whole.length - 2);
  assert.throws(() => readWeightsFile(file), /values of slots\/b are not those that were written/);
});

test('readCheckpoint - cut anywhere, without a tensor, with two of them exchanged: refused', () => {
  const folder = folderWith(2);
  const file = checkpointFile(folder, 'last');
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(file, whole.subarray(0, length));
    assert.throws(() => readCheckpoint(folder, plan), RunError, `${length} bytes`);
  }
  writeFileSync(file, whole);
  const { tensors, metadata } = readSafeTensors(file);
  const without = new Map([...tensors].slice(1));
  writeSafeTensors(file, { tensors: without, metadata });
  assert.throws(() => readCheckpoint(folder, plan), /names, shapes or metadata are not those/);
  const exchanged = new Map([
    ['weights/a', tensors.get('slots/b')!],
    ['slots/b', tensors.get('weights/a')!],
  ]);
  writeSafeTensors(file, { tensors: exchanged, metadata });
  assert.throws(() => readCheckpoint(folder, plan), /values of weights\/a and of 1 more are not those/);
});

/** As version 0.1.0 wrote them: without checksums. */
function writeOld(folder: string, position: unknown): void {
  const { state } = checkpointAt(2);
  writeCheckpoint(folder, plan.hash, checkpointAt(2));
  const metadata = { planHash: plan.hash, position: JSON.stringify(position), counts: '{}' };
  writeSafeTensors(checkpointFile(folder, 'last'), { tensors: state, metadata });
}

test('findResumePoint - a checkpoint of version 0.1.0 is gone on from, which is said', () => {
  const folder = folderWith(1, 2);
  writeOld(folder, checkpointAt(2).position);
  const notes: string[] = [];
  assert.equal(epochOf(findResumePoint(folder, plan, (note) => notes.push(note))), 2);
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /last\.safetensors is of an earlier version and has no checksums/);
});

test('readCheckpoint - a place that the plan does not have is refused, whatever the checksums say', () => {
  const right = checkpointAt(2).position;
  const wrong: readonly [changes: object, message: RegExp][] = [
    [{ epoch: 1e9 }, /epoch: expected a whole number from 0 to 5, found 1000000000/],
    [{ epoch: -1 }, /epoch: expected a whole number from 0 to 5, found -1/],
    [{ epoch: 2.5 }, /epoch: expected a whole number/],
    [{ stage: 3 }, /stage: expected a whole number from 0 to 2/],
    [{ stage: 1 }, /finished: expected a list of 1/],
    [{ step: -1 }, /step: expected a whole number/],
    [{ step: 1e9 }, /step: expected a whole number/],
    [{ stepsDone: -6 }, /stepsDone: expected a whole number/],
    [{ epochsDone: 7 }, /epochsDone: expected a whole number from 2 to 2, found 7/],
    [{ learningRate: 'fast' }, /learningRate: expected a number not below 0, found "fast"/],
    [{ optimizerSteps: 1e6 }, /optimizerSteps: expected/],
    [{ best: null }, /best: expected a map/],
    [{ best: { ...right.best, epoch: 4 } }, /best\.epoch: expected a whole number from 1 to 2, found 4/],
    [{ earlyStopping: 5 }, /earlyStopping: expected a map/],
  ];
  for (const [changes, message] of wrong) {
    const folder = newFolder();
    writeCheckpoint(folder, plan.hash, {
      ...checkpointAt(2),
      position: { ...right, ...changes } as Checkpoint['position'],
    });
    assert.throws(() => readCheckpoint(folder, plan), { name: 'RunError', message });
    const old = newFolder();
    writeOld(old, { ...right, ...changes });
    assert.throws(() => readCheckpoint(old, plan), { name: 'RunError', message });
  }
  const none = newFolder();
  writeOld(none, 'nowhere');
  assert.throws(() => readCheckpoint(none, plan), /does not say where the run stands/);
});

test('findResumePoint - a damaged checkpoint is left aside and the one before it is gone on from', () => {
  for (const damage of [
    (file: string) => flip(file, readFileSync(file).length - 1),
    (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
    (file: string) => writeFileSync(file, ''),
  ]) {
    const folder = folderWith(1, 2, 3);
    damage(checkpointFile(folder, 'last'));
    const notes: string[] = [];
    assert.equal(epochOf(findResumePoint(folder, plan, (note) => notes.push(note))), 2);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /^warning: .*last\.safetensors .*goes on from the checkpoint before that one/);
    // What is written next must not put the damaged one in the place of the good one.
    writeCheckpoint(folder, plan.hash, checkpointAt(3));
    flip(checkpointFile(folder, 'last'), 60);
    assert.equal(epochOf(findResumePoint(folder, plan, () => undefined)), 2);
  }
});

test('findResumePoint - where no checkpoint is whole the run begins again, and is not refused for ever', () => {
  const folder = folderWith(1, 2);
  for (const which of ['last', 'before'] as const) flip(checkpointFile(folder, which), 60);
  const notes: string[] = [];
  assert.equal(
    findResumePoint(folder, plan, (note) => notes.push(note)),
    undefined,
  );
  assert.match(notes.join(), /No checkpoint is whole: the run begins again\./);
  writeCheckpoint(folder, plan.hash, checkpointAt(1));
  assert.equal(epochOf(readCheckpoint(folder, plan)), 1);
  assert.deepEqual(readdirSync(join(folder, 'checkpoint')).sort(), [
    'best.safetensors',
    'damaged.safetensors',
    'last.safetensors',
  ]);
});

test('findResumePoint - the best weights are those of the checkpoint, or of an epoch that comes again', () => {
  const folder = folderWith(1, 2);
  const best = { planHash: plan.hash, stage: 'one' };
  const { state } = checkpointAt(2);
  const find = (): number | undefined => epochOf(findResumePoint(folder, plan, () => undefined));
  // Killed between the two writes of epoch 3.
  writeBest(folder, state, { ...best, epoch: 3 });
  assert.equal(find(), 2);
  writeBest(folder, state, { ...best, epoch: 2, stage: 'two' });
  assert.equal(find(), undefined, 'of another stage');
  const damaged = folderWith(1, 2);
  flip(checkpointFile(damaged, 'best'), readFileSync(checkpointFile(damaged, 'best')).length - 1);
  assert.throws(() => readBest(damaged, 'one'), /are not those that were written/);
  assert.equal(
    findResumePoint(damaged, plan, () => undefined),
    undefined,
  );
  // Where the last weights stay, nobody reads the best ones.
  const kept = planOfStages(5, 3, { restoreBest: false });
  const other = folderWith(1, 2);
  writeFileSync(checkpointFile(other, 'best'), 'x');
  assert.equal(epochOf(findResumePoint(other, kept, () => undefined)), 2);
});
