import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge } from './results.ts';
import type { ContenderName } from './settings.ts';
import type { ContenderResult, StepResults } from './steps.ts';

const machine = { cpu: 'one', vectors: 'AVX2', cores: 2, memoryGB: 25, system: 'linux x64', loadBefore: 0 };
const one = { median: 1, min: 1, max: 1 };

function row(name: ContenderName, date: string): ContenderResult {
  return {
    name,
    title: name,
    date,
    rounds: 1,
    othersLoad: one,
    stepMilliseconds: one,
    cpuMilliseconds: one,
    secondsToFirstStep: one,
    peakBytes: one,
    everyLossFinite: true,
    oursDividedByIt: null,
    roundMilliseconds: [[1]],
  };
}

function steps(
  size: number,
  contenders: readonly ContenderResult[],
  left: readonly ContenderName[] = [],
): StepResults {
  const notMeasured = left.map((name) => ({ name, title: name, why: 'memory' }));
  return {
    model: 'densenet121',
    size,
    batchSize: 32,
    contenders,
    notMeasured,
    versions: { [`v${size}`]: '1' },
  };
}

const parts = (all: readonly StepResults[], on = machine) => ({
  machine: on,
  steps: all,
  backbones: [],
  epochs: [],
  decoding: [],
});
const datesOf = ({ steps: all }: { steps: readonly StepResults[] }) =>
  all.map(({ size, contenders }) => [size, ...contenders.map(({ name, date }) => `${name} ${date}`)]);

test('merge - a row takes the place of its earlier self and of no other, in the order of the contenders', () => {
  const before = parts([steps(100, [row('graph', 'old'), row('torch-last', 'old')], ['keras', 'eager'])]);
  const now = parts([
    steps(200, [row('graph', 'new')]),
    steps(100, [row('keras', 'new'), row('graph', 'new')]),
  ]);
  const merged = merge(before, now);
  assert.deepEqual(datesOf(merged), [
    [100, 'graph new', 'keras new', 'torch-last old'],
    [200, 'graph new'],
  ]);
  assert.deepEqual(
    merged.steps[0]!.notMeasured.map(({ name }) => name),
    ['eager'],
  );
});

test('merge - rows of another machine go', () => {
  const before = parts([steps(100, [row('graph', 'old')])], { ...machine, cores: 16 });
  assert.deepEqual(datesOf(merge(before, parts([steps(200, [row('graph', 'new')])]))), [[200, 'graph new']]);
});
