import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probabilitiesOf } from '../../src/bundle/probabilities.ts';
import { fitTemperature } from '../../src/evaluate/temperature.ts';
import { fixture } from './fixture.ts';

test('fitTemperature, probabilitiesOf - what SciPy finds, of a softmax and of CORN’s sigmoids', () => {
  assert.ok(fixture.temperatures.some(({ output }) => output === 'cumulativeSigmoid'));
  for (const {
    output,
    classes,
    outputs,
    labels,
    temperature,
    loss,
    lossBefore,
    probabilities,
  } of fixture.temperatures) {
    const outputs_NJ = Float32Array.from(outputs);
    const fitted = fitTemperature({ output, classes, labels_N: Int32Array.from(labels), outputs_NJ });
    assert.ok(typeof fitted === 'object');
    // SciPy's search stops where the loss no longer changes in double precision.
    assert.ok(Math.abs(fitted.temperature / temperature - 1) < 1e-6, `${fitted.temperature} ${temperature}`);
    assert.ok(Math.abs(fitted.lossAfter - loss) < 1e-12 && Math.abs(fitted.lossBefore - lossBefore) < 1e-12);
    const names = Array.from({ length: classes }, (_, c) => `${c}`);
    const found = probabilitiesOf({ classes: names, output }, outputs_NJ, fitted.temperature);
    probabilities.forEach((p, i) => {
      assert.ok(Math.abs(found[i]! - p) < 1e-6, `${found[i]} ${p}`);
    });
  }
});

test('fitTemperature - rows that say nothing of it', () => {
  const head = { output: 'softmax', classes: 2, outputs_NJ: Float32Array.of(3, 0, 0, 2) } as const;
  assert.equal(fitTemperature({ ...head, labels_N: Int32Array.of(-1, -1) }), 'noLabels');
  assert.equal(fitTemperature({ ...head, labels_N: Int32Array.of(0, 1) }), 'allRight');
  assert.equal(fitTemperature({ ...head, labels_N: Int32Array.of(1, 0) }), 'noBetterThanChance');
  const ordinal = { output: 'cumulativeSigmoid', classes: 2, outputs_NJ: Float32Array.of(3, -2) } as const;
  assert.equal(fitTemperature({ ...ordinal, labels_N: Int32Array.of(1, 0) }), 'allRight');
  assert.equal(fitTemperature({ ...ordinal, labels_N: Int32Array.of(0, 1) }), 'noBetterThanChance');
});

test('fitTemperature - large outputs stay finite', () => {
  const outputs_NJ = Float32Array.of(5000, 0, 0, 5000, 4000, 0, 0, 3000);
  const fitted = fitTemperature({
    output: 'softmax',
    classes: 2,
    labels_N: Int32Array.of(0, 1, 1, 0),
    outputs_NJ,
  });
  // Right by 5000 twice, wrong by 4000 and 3000: beyond the widest temperature there is none to be found.
  assert.equal(fitted, 'noBetterThanChance');
});
