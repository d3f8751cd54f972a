// What libjpeg says of a picture is an answer of the decoder, and nobody reads it on standard error.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { faultByBinding } from '../../data/decoded.ts';
import { bare, makeJpeg, marker, putTogether, segment, takeApart } from './jpeg-segments.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-complaints-'));
let files = 0;

function fileOf(bytes: Uint8Array): string {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return path;
}

test('decodeJpeg - what libjpeg complains of is the answer, and not a line on standard error without a name', async () => {
  const whole = await makeJpeg(40, 30);
  const extra = Buffer.concat([whole.subarray(0, -2), Buffer.alloc(216, 1), whole.subarray(-2)]);
  const { segments, scan } = takeApart(whole);
  const unheard = segment(0xe0, Buffer.from('JFIF\0\x09\x09\0\0\x01\0\x01\0\0', 'latin1'));
  const expected: readonly (readonly [Buffer, RegExp])[] = [
    [extra, /^Corrupt JPEG data: 2\d\d extraneous bytes before marker 0xd9$/],
    [Buffer.concat([whole.subarray(0, -60), bare(marker.end)]), /premature end of data segment/],
    [putTogether(unheard, ...segments.filter(([, code]) => code !== 0xe0), scan), /unknown JFIF revision/],
  ];
  const program = join(folder, 'said.mjs');
  const paths = expected.map(([bytes]) => fileOf(bytes));
  const faults = await Promise.all(paths.map((file) => faultByBinding(file, 16, 'stretch')));
  for (const [i, [, pattern]] of expected.entries()) assert.match(faults[i] ?? '', pattern);
  // All at once in a process of its own, whose standard error is looked at.
  const module = pathToFileURL(join(root, 'test', 'data', 'decoded.ts')).href;
  writeFileSync(
    program,
    `const { faultByBinding } = await import('${module}');
     await Promise.all(${JSON.stringify([...paths, ...paths, ...paths])}.map((file) => faultByBinding(file, 16, 'stretch')));
     process.stderr.write('said by Node\\n');`,
  );
  const { status, stderr } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stderr, /said by Node/);
  assert.doesNotMatch(stderr, /JPEG|JFIF|Corrupt/);
});
