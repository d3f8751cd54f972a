// What a person sees while a sweep runs: in a terminal its last lines, in a log a line for each trial that ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createSweepView,
  type ShownTrial,
  type SweepScreen,
} from '../../../src/report/progress/sweep-progress.ts';
import { createScreen } from '../screen.ts';

const bare = {
  hash: '0123456789abcdef',
  metric: null,
  seconds: null,
  reason: null,
  rung: null,
  epochs: null,
};
const trials: ShownTrial[] = [
  { ...bare, label: 'rate=0.1', status: 'done', metric: 0.25, seconds: 65 },
  { ...bare, label: 'rate=0.2', status: 'submitted', epochs: [3, 9] },
  { ...bare, label: 'rate=0.3', status: 'elsewhere', epochs: [1, 9], rung: 2 },
  { ...bare, label: 'rate=0.4', status: 'submitted' },
  { ...bare, label: 'rate=0.5', status: 'waiting' },
  { ...bare, label: 'rate=0.6', status: 'failed', reason: 'the loss is not finite' },
];
const sweepScreen = (all: readonly ShownTrial[]): SweepScreen => ({
  metric: 'loss',
  trials: all,
  total: all.length,
  best: all.find(({ status }) => status === 'done'),
  secondsLeft: 120,
});

function view(terminal: boolean, columns = 120) {
  const screen = createScreen(terminal ? columns : Number.POSITIVE_INFINITY);
  const stream = { rows: 24, write: (text: string) => screen.write(text) } as unknown as NodeJS.WriteStream;
  return { screen, view: createSweepView(stream, { terminal, columns: () => columns, colour: false }) };
}

test('createSweepView - in a terminal: what is done, runs, is queued and failed, and a line for each that runs', () => {
  const seen = view(true);
  seen.view.draw(sweepScreen(trials));
  assert.deepEqual(seen.screen.lines(), [
    '1/6 done · 2 running · 1 queued · 1 failed · best loss 0.250: rate=0.1 · 2:00 min left',
    '  0123456789ab  epoch 3/9  rate=0.2',
    '  0123456789ab  epoch 1/9  to rung 2  rate=0.3 (another process)',
  ]);
});

test('createSweepView - a trial that ends stays above, and the lines below are drawn anew', () => {
  const seen = view(true);
  seen.view.draw(sweepScreen(trials));
  const done: ShownTrial = { ...trials[1]!, status: 'done', metric: 0.5, seconds: 7, epochs: null };
  seen.view.changed(done, sweepScreen([trials[0]!, done, ...trials.slice(3)]));
  assert.deepEqual(seen.screen.lines(), [
    '[3/5] done  loss 0.500  rate=0.2  7.0 s',
    '2/5 done · 0 running · 1 queued · 1 failed · best loss 0.250: rate=0.1 · 2:00 min left',
  ]);
});

test('createSweepView - more than twelve that run are told by their number, and no line is wider than the terminal', () => {
  const seen = view(true, 40);
  const many = Array.from(
    { length: 15 },
    (_, i): ShownTrial => ({ ...trials[1]!, label: `rate=0.${i} of a long name` }),
  );
  seen.view.draw(sweepScreen(many));
  const lines = seen.screen.lines();
  assert.equal(lines.length, 14);
  assert.equal(lines.at(-1), '  and 3 more');
  assert.equal(seen.screen.wraps, 0);
});

test('createSweepView - in a log: a line for each trial that ends or is tried again, nothing in between', () => {
  const seen = view(false);
  const again: ShownTrial = { ...trials[4]!, reason: 'killed' };
  seen.view.draw(sweepScreen(trials));
  for (const one of [trials[0]!, trials[1]!, again, trials[5]!]) seen.view.changed(one, sweepScreen(trials));
  assert.deepEqual(
    seen.screen.lines().filter((line) => line !== ''),
    [
      '[2/6] done  loss 0.250  rate=0.1  1:05 min',
      'to be tried again  rate=0.5  killed',
      '[2/6] failed  rate=0.6  the loss is not finite',
    ],
  );
});
