import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

test('createWatchdog - a case that does not end ends the process, and its number is told', () => {
  const module = pathToFileURL(`${import.meta.dirname}/watchdog.ts`).href;
  const script = `import { createWatchdog } from '${module}';
createWatchdog(3, 0.2).begin(7);
for (;;);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  assert.match(stderr, /^case 7 does not end: npm run fuzz -- --seed 3 --first 7 --count 1$/m);
  assert.equal(signal, 'SIGKILL');
});
