// How long a sweep still takes, worked by hand: trials of one stage of 4 epochs and one of 2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsLeft, type Timed } from '../../../src/sweep/drive/time-left.ts';

const nothing = { toCome: 0, capacity: 1, elapsed: 0, doneBefore: new Set<string>() };

/** @param first seconds of the first stage where it is done, and whether another trial trained it */
function trial(
  hash: string,
  status: Timed['status'],
  more: { group?: string; seconds?: number | null; first?: number; second?: number; carried?: boolean } = {},
): Timed {
  const { group, seconds = 60, first = 40, second = 20, carried = false } = more;
  const stages = [{ seconds: first, ...(carried ? { carriedFrom: 'other' } : {}) }, { seconds: second }];
  return {
    status,
    trial: {
      hash,
      epochs: 6,
      estimatedSeconds: seconds,
      ...(group === undefined ? {} : { prefixes: [{ key: group, stages: 1, epochs: 4 }] }),
    },
    result: status === 'done' ? { stages } : undefined,
  } as unknown as Timed;
}

test('secondsLeft - before a trial has ended: the estimates, divided by the trials at a time; null without one', () => {
  const trials = [trial('a', 'submitted'), trial('b', 'waiting', { seconds: 30 }), trial('c', 'failed')];
  assert.equal(secondsLeft(trials, nothing), 90);
  assert.equal(secondsLeft(trials, { ...nothing, capacity: 2 }), 45);
  assert.equal(secondsLeft([...trials, trial('d', 'waiting', { seconds: null })], nothing), null);
});

test('secondsLeft - a stage that three trials share is counted once, for each group', () => {
  // By epochs: 60 + 2 × 60 × 2/6, and the same for the other group.
  const of = (group: string) => ['a', 'b', 'c'].map((hash) => trial(group + hash, 'waiting', { group }));
  assert.equal(Math.round(secondsLeft([...of('x'), ...of('y')], nothing)!), 200);
  // The second stage took three quarters of the time: 30 for each of the two that are left, after 40 + 10 seconds of 40.
  const done = trial('xa', 'done', { group: 'x', seconds: 40, first: 10, second: 30 });
  const left = ['b', 'c'].map((hash) => trial(hash, 'waiting', { group: 'x', seconds: 40 }));
  assert.equal(secondsLeft([done, ...left], { ...nothing, elapsed: 50 }), (50 * 60) / 40);
});

test('secondsLeft - one that took the stage from another tells the speed by what it trained itself', () => {
  const trials = [
    trial('a', 'done', { group: 'x', seconds: 40, first: 10, second: 30 }),
    trial('b', 'done', { group: 'x', seconds: 40, first: 10, second: 30, carried: true }),
    trial('c', 'waiting', { group: 'x', seconds: 40 }),
  ];
  // b trained 30 of its 40 in 60 seconds, so the 30 of c take 60 too; a was done before.
  assert.equal(secondsLeft(trials, { ...nothing, elapsed: 60, doneBefore: new Set(['a']) }), 60);
});

test('secondsLeft - without estimates by epochs; trials of other size count by their size', () => {
  const small = trial('a', 'done', { seconds: 10 });
  assert.equal(secondsLeft([small, trial('b', 'waiting', { seconds: 50 })], { ...nothing, elapsed: 12 }), 60);
  const unknown = [trial('a', 'done', { seconds: null }), trial('b', 'waiting', { seconds: null })];
  assert.equal(secondsLeft(unknown, { ...nothing, elapsed: 12 }), 12);
});

test('secondsLeft - a trial that is yet to be chosen counts like the mean of those that are known', () => {
  const trials = [trial('a', 'done', { seconds: 20 }), trial('b', 'submitted', { seconds: 40 })];
  // 40 of b and twice 30, at 20 in 10 seconds.
  assert.equal(secondsLeft(trials, { ...nothing, toCome: 2, elapsed: 10 }), 50);
});
