import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { ProgressReport } from '../../src/setup/progress.ts';
import { formatProgress, streamProgress, withProgress } from '../../src/setup/progress.ts';

test('formatProgress - megabytes of a total while it runs, without the total at the end', () => {
  const report = {
    what: 'wheel: download',
    megabytes: 119.6,
    totalMegabytes: 271.4,
    seconds: 8.04,
    finished: false,
  };
  assert.equal(formatProgress(report), 'wheel: download, 120 of 271 MB, 8.0 s');
  assert.equal(
    formatProgress({ ...report, finished: true, seconds: 21.6 }),
    'wheel: download, 120 MB, done in 22 s',
  );
});

test('streamProgress - in a log one line at the start, one each 15 s, one at the end', () => {
  const stream = new PassThrough();
  const progress = streamProgress(stream as unknown as NodeJS.WriteStream);
  for (const seconds of [0, 5, 14, 15, 20, 31]) progress({ what: 'step', seconds, finished: false });
  progress({ what: 'step', seconds: 32, finished: true });
  const expected = ['step, 0.0 s', 'step, 15 s', 'step, 31 s', 'step, done in 32 s', ''];
  assert.deepEqual(String(stream.read()).split('\n'), expected);
});

test('streamProgress - on a terminal in place, cut to its width', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 10 });
  const progress = streamProgress(stream as unknown as NodeJS.WriteStream);
  progress({ what: 'a long step', seconds: 0, finished: false });
  progress({ what: 'a long step', seconds: 1, finished: true });
  assert.equal(String(stream.read()), '\ra long st\u001b[K\ra long st\u001b[K\n');
});

test('withProgress - a step that fails never reports that it is finished', async () => {
  const reports: ProgressReport[] = [];
  const failing = withProgress(
    (report) => reports.push(report),
    'step',
    () => ({}),
    () => Promise.reject(new Error('broken')),
  );
  await assert.rejects(failing, /broken/);
  assert.deepEqual(
    reports.map(({ finished }) => finished),
    [false],
  );
});
