/** JPEG files decoded and scaled beside Pillow. In: files and squares of test/data/fixtures/make_decode_fixtures.py. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Fit } from '../../src/data/decode.ts';
import { decodedByBinding } from './decoded.ts';

/** Bytes are in base 64. */
interface Fixture {
  readonly side: number;
  readonly cases: readonly {
    readonly title: string;
    readonly file: string;
    readonly squares: Readonly<Record<Fit, { readonly expected: string; readonly whole?: string }>>;
  }[];
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/decode.json', import.meta.url), 'utf8')) as Fixture;
const folder = mkdtempSync(join(tmpdir(), 'manyheads-pillow-'));

interface Difference {
  readonly mean: number;
  readonly largest: number;
}

/**
 * Of 255. The libjpeg of both gives the same pixels. Pillow rounds to bytes after it scaled each axis and weighs by fixed
 * point, ours rounds once: one step at most, and for few values; 0.19 is the largest mean that was found.
 */
const rounding: Difference = { mean: 0.2, largest: 1 };

/** Of 255, for the cruder filter of the division inside libjpeg; found: means up to 0.29, single values up to 4. */
const division: Difference = { mean: 0.3, largest: 4 };

function assertWithin(found: Difference, limit: Difference, what: string): void {
  const isWithin = found.mean <= limit.mean && found.largest <= limit.largest;
  assert.ok(isWithin, `${what}: mean ${found.mean}, largest ${found.largest}`);
}

function differences(ours: Uint8Array, theirs: string): Difference {
  const expected = Buffer.from(theirs, 'base64');
  assert.equal(ours.length, expected.length);
  let sum = 0;
  let largest = 0;
  for (const [i, value] of ours.entries()) {
    const difference = Math.abs(value - expected[i]!);
    sum += difference;
    largest = Math.max(largest, difference);
  }
  return { mean: sum / ours.length, largest };
}

for (const [i, { title, file, squares }] of fixture.cases.entries()) {
  test(`decodeJpeg - ${title}: as Pillow`, async () => {
    const path = join(folder, `${i}.jpg`);
    writeFileSync(path, Buffer.from(file, 'base64'));
    for (const [fit, { expected, whole }] of Object.entries(squares)) {
      const ours = await decodedByBinding(path, fixture.side, fit as Fit);
      assert.ok(ours !== null);
      assertWithin(differences(ours, expected), rounding, fit);
      if (whole !== undefined) assertWithin(differences(ours, whole), division, `${fit}, decoded whole`);
    }
  });
}
