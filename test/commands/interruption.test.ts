import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { interruption } from '../../src/commands/interruption.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  test(`interruption - ${signal} asks for a clean stop, and once more for the end`, async () => {
    const before = new Set(process.listeners(signal));
    const said: string[] = [];
    const codes: number[] = [];
    const endNow = ((code: number) => codes.push(code)) as unknown as (code: number) => never;
    const asked = interruption(endNow, (message) => said.push(message), 'Stopping.');
    assert.equal(asked.aborted, false);
    process.kill(process.pid, signal);
    while (!asked.aborted) await nextTurn();
    assert.deepEqual([said, codes], [['Stopping. Once more to stop at once, without one.'], []]);
    process.kill(process.pid, signal);
    while (codes.length === 0) await nextTurn();
    assert.deepEqual(codes, [130]);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
      for (const listener of process.listeners(name))
        if (!before.has(listener)) process.removeListener(name, listener);
  });
}
