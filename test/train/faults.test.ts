// The disk of a run fails, or the machine stops, at each moment of writing: what is read afterwards is whole.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkpointFile, writeBest, writeCheckpoint } from '../../src/train/checkpoint.ts';
import { appendHistory, readWholeEpochs } from '../../src/train/history.ts';
import { findResumePoint } from '../../src/train/resume-point.ts';
import { Stopped, withFault } from '../machine/faults.ts';
import { checkpointAt, epochReport, planOfStages } from './checkpoints.ts';

const scratch = mkdtempSync(join(tmpdir(), 'manyheads-faults-'));
after(() => rmSync(scratch, { recursive: true }));
const plan = planOfStages(5, 3);
const EPOCHS = 3;

/** In the order of the training loop. */
function writeEpoch(folder: string, epoch: number): void {
  writeBest(folder, checkpointAt(epoch).state, { planHash: plan.hash, stage: 'one', epoch });
  appendHistory(folder, epochReport(epoch));
  writeCheckpoint(folder, plan.hash, checkpointAt(epoch));
}

const newFolder = (): string => mkdtempSync(join(scratch, 'run-'));

/** @returns the epoch that the run goes on from */
function resumed(folder: string): number {
  const notes: string[] = [];
  const epoch = findResumePoint(folder, plan, (note) => notes.push(note))?.position.epoch ?? 0;
  assert.deepEqual(notes, [], 'nothing is damaged');
  assert.ok(readWholeEpochs(folder).length >= epoch);
  return epoch;
}

test('a run - the machine stops at any operation of three epochs: it goes on from the last whole one', async () => {
  const { operations } = await withFault(scratch, { slow: 0 }, () => {
    const folder = newFolder();
    for (let epoch = 1; epoch <= EPOCHS; epoch++) writeEpoch(folder, epoch);
    assert.equal(resumed(folder), EPOCHS);
  });
  assert.ok(operations > 20, `${operations} operations`);
  const seen = new Set<number>();
  for (let stops = 0; stops < operations; stops++) {
    const folder = newFolder();
    let begun = 0;
    await assert.rejects(
      withFault(folder, { stops }, () => {
        for (let epoch = 1; epoch <= EPOCHS; epoch++) {
          begun = epoch;
          writeEpoch(folder, epoch);
        }
        throw new Stopped();
      }),
    );
    const epoch = resumed(folder);
    assert.ok(
      epoch === begun || epoch === begun - 1,
      `epoch ${epoch}, stopped in ${begun} at operation ${stops}`,
    );
    seen.add(epoch);
    // What comes next is as if nothing had been.
    for (let next = epoch + 1; next <= EPOCHS; next++) writeBestAndLast(folder, next);
    assert.equal(epochOfFile(folder), EPOCHS);
  }
  assert.deepEqual([...seen].sort(), [0, 1, 2]);
});

function writeBestAndLast(folder: string, epoch: number): void {
  writeBest(folder, checkpointAt(epoch).state, { planHash: plan.hash, stage: 'one', epoch });
  writeCheckpoint(folder, plan.hash, checkpointAt(epoch));
}

const epochOfFile = (folder: string): number =>
  Number(/\\"epoch\\":(\d+)/.exec(readFileSync(checkpointFile(folder, 'last'), 'latin1'))![1]);

test('a run - on a disk that is full or can only be read, the error names the file, and the last checkpoint stays', async () => {
  for (const full of [0, 100, 1000, 2500]) {
    const folder = newFolder();
    writeEpoch(folder, 1);
    await assert.rejects(
      withFault(folder, { full }, () => {
        for (let epoch = 2; epoch <= 5; epoch++) writeEpoch(folder, epoch);
      }),
      (error: Error) => error.message.includes(folder) && /ENOSPC/.test(error.message),
    );
    assert.ok(resumed(folder) >= 1);
    assert.ok(!existsSync(checkpointFile(folder, 'damaged')));
  }
  const folder = newFolder();
  writeEpoch(folder, 1);
  await assert.rejects(
    withFault(folder, { readOnly: true }, () => writeEpoch(folder, 2)),
    /EROFS/,
  );
  assert.equal(resumed(folder), 1);
});
