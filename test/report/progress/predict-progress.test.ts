import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPredictProgress } from '../../../src/report/progress/predict-progress.ts';

/** A progress with a clock that is set by hand, and what it wrote. */
function progressAt(terminal: boolean) {
  let written = '';
  let time = 0;
  const stream = {
    write(text: string | Uint8Array) {
      written += String(text);
      return true;
    },
  };
  const progress = createPredictProgress(stream, { terminal, columns: () => 80, now: () => time });
  return {
    progress,
    at(milliseconds: number, images: number, total: number | null, damaged = 0): string {
      time = milliseconds;
      written = '';
      progress.update({ images, damaged }, total);
      return written;
    },
    written: () => written,
  };
}

test('createPredictProgress - nothing in the first two seconds, and nothing once all is done', () => {
  const { at } = progressAt(true);
  assert.equal(at(1900, 10, 1000), '');
  assert.match(at(2100, 20, 1000), /20 of 1,000 images/);
  assert.equal(at(9000, 1000, 1000), '');
});

test('createPredictProgress - rate and time left, from the first batch on', () => {
  const { at } = progressAt(true);
  at(3000, 100, 1000);
  // 200 images in 4 seconds; 700 are left.
  assert.match(at(7000, 300, 1000, 2), /300 of 1,000 images · 2 damaged · 50\.0 images\/s · 14 s left/);
});

test('createPredictProgress - a terminal shows five a second, anything else a line every fifteen seconds', () => {
  const terminal = progressAt(true);
  assert.notEqual(terminal.at(2000, 1, 9), '');
  assert.equal(terminal.at(2100, 2, 9), '');
  assert.notEqual(terminal.at(2300, 3, 9), '');
  const file = progressAt(false);
  assert.equal(file.at(2000, 1, 9), '1 of 9 images\n');
  assert.equal(file.at(16_000, 2, 9), '');
  assert.equal(file.at(17_000, 3, 9), '3 of 9 images, 0.13 images/s, 45 s left\n');
});

test('createPredictProgress - where nobody knows how many there are', () => {
  const { at } = progressAt(false);
  assert.equal(at(5000, 1, null), '1 image\n');
});

test('createPredictProgress - a note stands above the line, which can be cleared', () => {
  const { at, progress, written } = progressAt(true);
  at(3000, 5, 9);
  progress.note('stopping');
  assert.match(written(), /stopping\n.*5 of 9 images/s);
  progress.clear();
  assert.ok(written().endsWith('\u001b[J'));
});
