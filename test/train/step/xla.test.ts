/**
 * Steps compiled with XLA beside steps that are not, in processes of their own: TensorFlow says on its log, once in a
 * process, that XLA has compiled something.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTiny } from '../../run/tiny.ts';

interface Steps {
  readonly losses: readonly number[];
  readonly state: readonly (readonly [name: string, values: readonly number[]])[];
  readonly lossOfSpoiled: string;
  readonly isLeft: boolean;
}

const small = [
  'model.backbone={name: densenet, blocks: [1], growthRate: 8, initialFilters: 8, stem: small}',
  'stages[small].batchSize=32',
  'optimizer={name: sgd, learningRate: 0.01}',
];

function run(file: string, overrides: readonly string[]): { steps: Steps; log: string } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'xla-steps.ts'), file, ...small, ...overrides],
    { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' }, maxBuffer: 1e8 },
  );
  assert.equal(status, 0, stderr);
  return { steps: JSON.parse(stdout) as Steps, log: stderr };
}

test('execution.xla - steps are compiled, and give what they give without it, to the rounding of float32', async () => {
  const { experiment } = await makeTiny(60);
  const plain = run(experiment, []);
  const compiled = run(experiment, ['execution.xla=true']);
  assert.doesNotMatch(plain.log, /Compiled cluster using XLA/);
  assert.match(compiled.log, /Compiled cluster using XLA/);
  compiled.steps.losses.forEach((loss, i) => {
    assert.ok(Math.abs(loss / plain.steps.losses[i]! - 1) < 1e-5, `${loss} and ${plain.steps.losses[i]}`);
  });
  const theirs = new Map(plain.steps.state);
  assert.equal(compiled.steps.state.length, theirs.size);
  for (const [name, values] of compiled.steps.state) {
    const others = theirs.get(name)!;
    const largest = Math.max(...others.map(Math.abs));
    values.forEach((value, i) => {
      assert.ok(Math.abs(value - others[i]!) <= 1e-3 * largest + 1e-6, `${name}: ${value} and ${others[i]}`);
    });
  }
  for (const { lossOfSpoiled, isLeft } of [plain.steps, compiled.steps])
    assert.deepEqual([lossOfSpoiled, isLeft], ['NaN', true]);
});
