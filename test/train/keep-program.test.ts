/** What src/README.md says of MANYHEADS_KEEP_PROGRAM: with it the recorded program stays in a run's folder. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openData } from '../../src/data/dataset.ts';
import { loadProgram } from '../../src/graph/running.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { makeTiny } from '../run/tiny.ts';

test('createGraphEngine - MANYHEADS_KEEP_PROGRAM keeps a program that can be loaded; without it nothing is left', async () => {
  const { experiment, folder } = await makeTiny(30);
  const { plan, networkFor } = compilePlan(experiment, { needTable: true });
  const data = await openData(plan, { cacheFolder: join(folder, 'cache') });
  const programOf = (keep: string | undefined): string => {
    const program = join(mkdtempSync(join(tmpdir(), 'manyheads-keep-')), 'program');
    if (keep === undefined) delete process.env.MANYHEADS_KEEP_PROGRAM;
    else process.env.MANYHEADS_KEEP_PROGRAM = keep;
    try {
      createGraphEngine(plan, data, networkFor, program).dispose();
    } finally {
      delete process.env.MANYHEADS_KEEP_PROGRAM;
    }
    return program;
  };
  for (const keep of [undefined, '']) assert.equal(existsSync(programOf(keep)), false, String(keep));
  const kept = programOf('1');
  assert.deepEqual(readdirSync(kept), ['saved_model.pb']);
  loadProgram(kept).dispose();
});
