import assert from 'node:assert/strict';
import test from 'node:test';
import { beta } from '../../../../src/augmentation/kinds/mix/mix.ts';
import { keyFor, stream } from '../../../../src/random.ts';
import { readFixture } from '../../../network/fixture.ts';

test('beta - a tenth of the draws lies between two of the deciles of SciPy', () => {
  const fixture = readFixture('scipy-beta');
  const alphas = [...fixture.get('alphas')!.values];
  alphas.forEach((alpha, a) => {
    const numbers = stream(keyFor(5, 'beta'), a, 0, 0);
    const drawn = Array.from({ length: 10_000 }, () => beta(alpha, numbers));
    for (let i = 0; i < 9; i++) {
      const quantile = fixture.get('quantiles')!.values[9 * a + i]!;
      const below = drawn.filter((share) => share < quantile).length / drawn.length;
      // Deviation of a share of one half over 10,000 draws: 0.005; five deviations.
      assert.ok(Math.abs(below - (i + 1) / 10) < 0.025, `alpha ${alpha}, ${quantile}: ${below}`);
    }
  });
});
