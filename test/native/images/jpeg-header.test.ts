/**
 * The size that is read from a header is libjpeg's own, however the header was changed: the decoder compares the two before
 * it decodes, and says so where they differ.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyFor, philox } from '../../../src/random.ts';
import { decodeJpegToMemory } from '../../../src/tensorflow/files.ts';
import { bare, frame, isFrame, makeJpeg, putTogether, segment, takeApart } from './jpeg-segments.ts';

const file = join(mkdtempSync(join(tmpdir(), 'manyheads-headers-')), 'changed.jpg');

/** Whole numbers below a limit, the same in every run. */
function chances(): (below: number) => number {
  const key = keyFor(1, 'headers');
  const words = new Uint32Array(4);
  let drawn = 0;
  return (below) => {
    if (drawn % 4 === 0) philox(key, [drawn / 4, 0, 0, 0], words);
    return words[drawn++ % 4]! % below;
  };
}
const next = chances();

/** Pieces in the place of one: markers with a length and without, fillers, sizes, lengths, other frames, flipped bits. */
const changes: readonly ((piece: Buffer) => Buffer[])[] = [
  (piece) => [bare(next(2) === 0 ? next(256) : 0xd0 + next(10)), piece],
  (piece) => [bare(0x01), piece],
  (piece) => [Buffer.alloc(1 + next(4), next(2) === 0 ? 0xff : 0), piece],
  (piece) => [frame(1 + next(60), 1 + next(60), { code: 0xc0 + next(16), components: 1 + next(4) }), piece],
  (piece) => [segment(0xe0 + next(16), Buffer.alloc(next(40), next(256))), piece],
  (piece) => (isFrame(piece) ? [frame(1 + next(60), 1 + next(60))] : []),
  (piece) => [piece, piece],
  (piece) => [piece.subarray(0, Math.max(0, piece.length - next(4)))],
  (piece) => {
    const changed = Buffer.from(piece);
    const at = next(Math.max(1, piece.length));
    if (at < piece.length) changed[at] = changed[at]! ^ (1 << next(8));
    return [changed];
  },
];

const pictures = [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }].map(async (options) =>
  takeApart(await makeJpeg(33, 21, options)),
);

test('decodeJpeg - of 4,000 headers that were changed none has another size here than for libjpeg', async () => {
  const counts = { decoded: 0, damaged: 0, left: 0 };
  for (let attempt = 0; attempt < 4000; attempt++) {
    const { segments, scan } = await pictures[next(pictures.length)]!;
    const changed = [...segments];
    for (let change = 0; change <= next(3); change++) {
      const at = next(changed.length);
      changed.splice(at, 1, ...changes[next(changes.length)]!(changed[at] ?? Buffer.alloc(0)));
    }
    writeFileSync(file, putTogether(...changed, scan));
    const answer = await decodeJpegToMemory(file, 8, 'crop');
    if (typeof answer === 'string') assert.doesNotMatch(answer, /two sizes/, `attempt ${attempt}`);
    counts[answer === null ? 'left' : typeof answer === 'string' ? 'damaged' : 'decoded'] += 1;
  }
  // Enough of them come as far as libjpeg's size.
  assert.ok(counts.decoded > 400 && counts.damaged > 100 && counts.left > 400, JSON.stringify(counts));
});
