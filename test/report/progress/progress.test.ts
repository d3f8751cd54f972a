import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress, type Progress } from '../../../src/report/progress/progress.ts';
import { textWidth } from '../../../src/report/text/text-width.ts';
import { epochReport, heads, metricsWith, stage, stageResult } from '../samples.ts';
import { createScreen, type Screen } from '../screen.ts';

interface Watched {
  readonly progress: Progress;
  readonly screen: Screen;
  readonly clock: { now: number };
  readonly text: () => string;
}

/** Progress on a screen of this size, with a clock that stands until it is moved (milliseconds). */
function watch(terminal: boolean, columns: number, { rows = 24, colour = false } = {}): Watched {
  const screen = createScreen(terminal ? columns : Number.POSITIVE_INFINITY);
  const clock = { now: 0 };
  let text = '';
  const stream = {
    rows,
    write(part: string) {
      text += part;
      return screen.write(part);
    },
  } as unknown as NodeJS.WriteStream;
  const progress = createProgress(stream, {
    terminal,
    columns: () => columns,
    colour,
    stages: 2,
    now: () => clock.now,
  });
  return { progress, screen, clock, text: () => text };
}

/** One epoch of `steps` steps of `stepMs` each and a validation of a quarter of that. */
function runEpoch(
  { progress, clock }: Watched,
  epoch: number,
  steps = 40,
  stepMs = 1000,
  upTo = steps,
): void {
  for (let step = 1; step <= upTo; step++) {
    clock.now += stepMs;
    progress.onEvent({ type: 'step', epoch, step, steps, loss: 3 / epoch, imagesPerSecond: 31.25 });
  }
  if (upTo < steps) return;
  for (let done = 32; done <= 320; done += 32) {
    clock.now += (steps * stepMs) / 40;
    progress.onEvent({ type: 'validation', done, rows: 320 });
  }
  progress.onEvent({ type: 'epoch', report: epochReport(epoch) });
}

test('createProgress - in a terminal shows bar, rate, time left and each head beneath', () => {
  const watched = watch(true, 100);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 40 });
  runEpoch(watched, 1);
  runEpoch(watched, 2, 40, 1000, 10);
  const lines = watched.screen.lines();
  const bar = lines.findIndex((line) => line.startsWith('warm-up epoch 2/5 █'));
  // The bar is 40 cells: 10 of 40 steps fill 10 of them.
  assert.equal(lines[bar], `warm-up epoch 2/5 ${'█'.repeat(10)}${'░'.repeat(30)} 10/40`);
  // 30 steps of 1 s and 10 s of validation; then three epochs of 40 + 10 s: 40 + 150 = 190 s.
  assert.equal(
    lines[bar + 1],
    'loss 1.500 · 31.3 images/s · 40 s left in the epoch · at most 3:10 min in the stage',
  );
  assert.deepEqual(lines.slice(bar + 2, bar + 6), [
    '',
    'validation after epoch 1',
    '                  loss  accuracy  balanced  majority',
    '  good           1.000     0.700     0.700     0.500',
  ]);
  assert.equal(lines.length, bar + 9);
});

test('createProgress - draws over its own lines and leaves only what is meant to stay', () => {
  const watched = watch(true, 100);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 40 });
  runEpoch(watched, 1);
  watched.progress.note('left out: a.jpg');
  runEpoch(watched, 2);
  watched.progress.onEvent({ type: 'stageEnd', result: stageResult, stoppedEarly: true });
  watched.progress.close();
  assert.deepEqual(watched.screen.lines(), [
    'stage 1/2 warm-up · 64 px · batches of 32 · at most 5 epochs of 40 steps · trains tower + heads',
    '  adam, learning rate 0.001 · stops after 3 epochs without a better one',
    'epoch 1/5 · loss 3.000 (training 2.800) · best so far · learning rate 0.001 · 31.3 images/s · 45 s',
    'left out: a.jpg',
    'epoch 2/5 · loss 3.000 (training 2.800) · no better for 1 of 3 · learning rate 0.001',
    '  31.3 images/s · 45 s',
    'stage 1/2 warm-up: done · 12 epochs in 1:05 h, stopped early · weights of epoch 9 · loss 3.000',
    '  48.1 images/s',
    '                  loss  accuracy  balanced  majority',
    '  good           1.000     0.700     0.700     0.500',
    '  constant       1.000     0.800     0.500     0.800',
    '  below          1.000     0.600     0.750     0.800',
    '  unlabelled         -         -         -         -',
    '',
  ]);
});

for (const columns of [20, 40, 57, 80]) {
  test(`createProgress - at ${columns} columns no line reaches the last cell, wide letters and colours included`, () => {
    const watched = watch(true, columns, { colour: true });
    const named = { ...stage, name: 'とても長い名前の段階-with-a-tail' };
    watched.progress.preparing('画像のデコード and hashing', 1, 1000);
    watched.clock.now += 1000;
    watched.progress.preparing('画像のデコード and hashing', 400, 1000);
    watched.progress.onEvent({ type: 'stage', stage: named, index: 0, steps: 40 });
    runEpoch(watched, 1);
    const report = epochReport(2, {
      validation: metricsWith(3, { ...heads, 服の種類と色と形: heads.below }),
    });
    watched.progress.onEvent({ type: 'epoch', report });
    for (const step of [20_000, 20_001]) {
      watched.clock.now += 1000;
      watched.progress.onEvent({
        type: 'step',
        epoch: 3,
        step,
        steps: 40_000,
        loss: 1,
        imagesPerSecond: 31.25,
      });
    }
    assert.equal(watched.screen.wraps, 0);
    const widths = watched.screen.lines().map(textWidth);
    assert.ok(Math.max(...widths) < columns, String(Math.max(...widths)));
    assert.ok(watched.screen.lines().some((line) => line.includes('20,001/40,000')));
  });
}

test('createProgress - a window that is made narrower leaves no bar behind', () => {
  let columns = 80;
  const screen = createScreen(80);
  const stream = { rows: 24, write: (part: string) => screen.write(part) } as unknown as NodeJS.WriteStream;
  const clock = { now: 0 };
  const progress = createProgress(stream, {
    terminal: true,
    columns: () => columns,
    colour: false,
    now: () => clock.now,
  });
  progress.onEvent({ type: 'stage', stage, index: 0, steps: 4 });
  const step = (number: number): void => {
    clock.now += 1000;
    progress.onEvent({ type: 'step', epoch: 1, step: number, steps: 4, loss: 1, imagesPerSecond: null });
  };
  step(1);
  columns = 40;
  screen.resize(columns);
  // The bar of 62 cells is on two rows now.
  assert.equal(screen.lines().filter((line) => line.includes('█') || line.includes('░')).length, 2);
  step(2);
  assert.deepEqual(screen.lines().slice(-4), [
    // The end of the line that stays.
    'one',
    // 39 cells: 18 of the label, 4 of the counts, 17 of the bar, of which 2/4 are 8.
    `warm-up epoch 1/5 ${'█'.repeat(8)}${'░'.repeat(9)} 2/4`,
    // 2 steps of 1 s, then four epochs of 4 s.
    'loss 1.000 · 2.0 s left in the epoch',
    '  at most 18 s in the stage',
  ]);
});

test('createProgress - redraws at most ten times a second', () => {
  const watched = watch(true, 80);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 1000 });
  const before = watched.screen.writes;
  // 1000 steps of 1 ms.
  for (let step = 1; step <= 1000; step++) {
    watched.clock.now += 1;
    watched.progress.onEvent({ type: 'step', epoch: 1, step, steps: 1000, loss: 1, imagesPerSecond: null });
  }
  const draws = watched.screen.writes - before;
  assert.ok(draws >= 9 && draws <= 11, String(draws));
});

test('createProgress - a region that is higher than the terminal is cut', () => {
  const watched = watch(true, 80, { rows: 5 });
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 40 });
  runEpoch(watched, 1);
  const before = watched.screen.lines().findIndex((line) => line.startsWith('epoch 1/5'));
  runEpoch(watched, 2, 40, 1000, 3);
  const bar = watched.screen.lines().findIndex((line) => line.startsWith('warm-up epoch 2/5'));
  assert.ok(bar > before);
  assert.equal(watched.screen.lines().length - bar, 4);
});

test('createProgress - without a terminal there is a line an epoch and not one escape', () => {
  const watched = watch(false, 40);
  watched.progress.preparing('decoding images', 1, 1600);
  watched.progress.preparing('decoding images', 1600, 1600);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 10 });
  runEpoch(watched, 1, 10);
  runEpoch(watched, 2, 10);
  watched.progress.onEvent({ type: 'stageEnd', result: stageResult, stoppedEarly: false });
  watched.progress.close();
  assert.ok(!watched.text().includes('\u001b') && !watched.text().includes('\r'));
  const lines = watched.text().trimEnd().split('\n');
  assert.equal(lines.length, 1 + 2 + 1 + 5);
  assert.ok(
    lines[2]!.startsWith(
      'epoch 2/5, loss 3.000 (training 2.800), no better for 1 of 3, learning rate 0.001, 31.3 images/s, 45 s, ' +
        'good accuracy 0.700 (majority 0.500), balanced 0.700, loss 1.000, constant ',
    ),
    lines[2],
  );
});

test('createProgress - without a terminal a long epoch gets a line each half a minute', () => {
  const watched = watch(false, 80);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 100 });
  runEpoch(watched, 1, 100);
  const within = watched
    .text()
    .split('\n')
    .filter((line) => line.startsWith('epoch 1/5, step'));
  assert.deepEqual(
    within.map((line) => line.split(',')[1]),
    [' step 30/100', ' step 60/100', ' step 90/100'],
  );
  assert.ok(within[0]!.endsWith('1:10 min left in the epoch, at most 7:50 min in the stage'), within[0]);
});

test('createProgress - a lowered learning rate is named, and a new stage starts its own counts', () => {
  const watched = watch(false, 80);
  const reduceOnPlateau = {
    metric: 'loss',
    factor: 0.5,
    patience: 1,
    minDelta: 0,
    minLearningRate: 0,
  } as const;
  watched.progress.onEvent({ type: 'stage', stage: { ...stage, reduceOnPlateau }, index: 0, steps: 1 });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(1) });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(2, { learningRate: 0.0005 }) });
  // That a policy lowers the rate is no news.
  watched.progress.onEvent({ type: 'stage', stage, index: 1, steps: 1 });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(1, { learningRate: 0.0001 }) });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(2, { learningRate: 1e-5, momentum: 0.9 }) });
  const epochs = watched
    .text()
    .split('\n')
    .filter((line) => line.startsWith('epoch'));
  assert.ok(epochs[3]!.includes('momentum 0.9') && !epochs[2]!.includes('momentum'), epochs[3]);
  assert.deepEqual(
    epochs.map((line) => [/learning rate [^,]*/.exec(line)![0], line.includes('no better')]),
    [
      ['learning rate 0.001', false],
      ['learning rate 5e-4 (lowered)', true],
      ['learning rate 1e-4', false],
      ['learning rate 1e-5', true],
    ],
  );
});

test('createProgress - a stage that is gone on with in its middle does not guess how long it has waited', () => {
  const watched = watch(false, 80);
  watched.progress.onEvent({ type: 'stage', stage, index: 0, steps: 1 });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(3) });
  watched.progress.onEvent({ type: 'epoch', report: epochReport(4) });
  assert.ok(!watched.text().includes('no better for'));
});

test('preparing - nothing is shown of what is done in a moment, a bar and a last line of what takes longer', () => {
  const watched = watch(true, 60);
  watched.progress.preparing('hashing', 0, 10);
  watched.clock.now += 400;
  watched.progress.preparing('hashing', 10, 10);
  assert.equal(watched.text(), '');
  watched.progress.preparing('decoding', 0, 1600);
  watched.clock.now += 4000;
  watched.progress.preparing('decoding', 400, 1600);
  // 400 in 4 s: 1200 more take 12 s.
  assert.deepEqual(watched.screen.lines(), [
    `decoding ${'█'.repeat(10)}${'░'.repeat(30)} 400/1,600`,
    '12 s left',
  ]);
  watched.clock.now += 12_000;
  watched.progress.preparing('decoding', 1600, 1600);
  assert.deepEqual(watched.screen.lines(), ['decoding: 1,600 in 16 s', '']);
});
