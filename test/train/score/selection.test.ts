/** What the best epoch is chosen by, and what early stopping and the plateau watch: the real loop on scripted epochs. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Data, openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import type { Plan, SelectionMetric } from '../../../src/plan/plan.ts';
import type { Engine } from '../../../src/train/engine.ts';
import type { TrainEvent } from '../../../src/train/events.ts';
import { type HeadCounts, meanMetrics } from '../../../src/train/score/metrics.ts';
import { costOf } from '../../../src/train/score/selection.ts';
import { type TrainResult, train } from '../../../src/train/train.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

let tiny: Tiny;
let data: Data;

/** One stage of one step an epoch. */
function planOf(...overrides: string[]): Plan {
  const stage = '{name: only, imageSize: 16, epochs: 5, batchSize: 8, stepsPerEpoch: 1}';
  return compilePlan(tiny.experiment, { overrides: [`stages=[${stage}]`, ...overrides], needTable: true })
    .plan;
}

before(async () => {
  tiny = await makeTiny(30);
  data = await openData(planOf(), { cacheFolder: join(tiny.folder, 'cache') });
});

/**
 * Validation of each epoch. Of the 100 rows of a head, 80 have class 0, of which `found[0]` are found, and 20 class 1;
 * what is not found is called the other of the two.
 */
const epochs: { loss: number; found: [number, number]; certain: number }[] = [
  { loss: 1.0, found: [40, 10], certain: 0.2 },
  { loss: 0.6, found: [70, 4], certain: 0.5 },
  { loss: 0.9, found: [48, 18], certain: 0.4 },
  { loss: 0.8, found: [80, 0], certain: 0.9 },
  { loss: 1.1, found: [60, 8], certain: 0.3 },
];

function countsOf({ loss, found: [a, b] }: (typeof epochs)[number]): HeadCounts {
  return {
    lossSum: loss * 100,
    lossWeight: 100,
    confusion: Float64Array.of(a, 80 - a, 0, 20 - b, b, 0, 0, 0, 0),
  };
}

/** Its one weight is the number of epochs that were trained. */
function scriptedEngine(): Engine {
  let weight = 0;
  let isValidation = false;
  const state = () => new Map([['weights/epochs', { shape: [1], values: Float32Array.of(weight) }]]);
  return {
    beginStage: () => undefined,
    train: () => {
      weight += 1;
      return 1;
    },
    evaluate(rows) {
      isValidation = true;
      // A share of the rows has its own class as the most probable, so that areas under the curve rise with `certain`.
      const { certain } = epochs[weight - 1]!;
      return Object.fromEntries(
        data.heads.map(({ name, labels }) => [
          name,
          Float32Array.from(
            [...rows].flatMap((row, i) => {
              const said = i % 10 < certain * 10 ? labels[row]! : (labels[row]! + 1) % 3;
              return [0, 1, 2].map((k) => (k === said ? 0.5 : 0.25));
            }),
          ),
        ]),
      );
    },
    takeCounts() {
      const counts = countsOf(epochs[weight - 1]!);
      const taken = isValidation ? counts : { ...counts, lossSum: 1, lossWeight: 1 };
      isValidation = false;
      return Object.fromEntries(data.heads.map(({ name }) => [name, taken]));
    },
    endStage: () => undefined,
    putCounts: () => undefined,
    lossScaling: () => null,
    logVariances: () => ({}),
    readWeights: state,
    readState: state,
    writeState(given) {
      weight = given.get('weights/epochs')!.values[0]!;
    },
    dispose: () => undefined,
  };
}

async function run(
  ...overrides: string[]
): Promise<{ result: TrainResult; weight: number; rates: number[] }> {
  const engine = scriptedEngine();
  const rates: number[] = [];
  const result = await train({
    plan: planOf('loss.headWeights={colour: 1, shape: 1}', ...overrides),
    data,
    engine,
    folder: mkdtempSync(join(tmpdir(), 'manyheads-selection-')),
    signal: new AbortController().signal,
    onEvent: (event: TrainEvent) => {
      if (event.type === 'epoch') rates.push(event.report.learningRate);
    },
  });
  return { result, weight: engine.readWeights().get('weights/epochs')!.values[0]!, rates };
}

// Accuracies .5, .74, .66, .8, .68; balanced (0.5, 0.5375, 0.75, 0.5, 0.575).
const bestBy: Record<SelectionMetric, number> = {
  loss: 2,
  accuracy: 4,
  balancedAccuracy: 3,
  macroF1: 3,
  auc: 4,
};

for (const [metric, epoch] of Object.entries(bestBy)) {
  test(`train - selectBy ${metric} ends the stage with the weights of epoch ${epoch}`, async () => {
    const { result, weight } = await run(`stages[0].selectBy=${metric}`);
    const [stage] = result.stages;
    assert.deepEqual([stage!.epochs, stage!.bestEpoch, weight], [5, epoch, epoch]);
    // Two heads of the same loss.
    assert.ok(Math.abs(result.metrics.loss - 2 * epochs[epoch - 1]!.loss) < 1e-9);
  });
}

test('train - earlyStopping watches the loss whatever selectBy says, or its own metric', async () => {
  // The loss is least in epoch 2; epochs 3 and 4 are no better.
  const byLoss = await run(
    'stages[0].selectBy=accuracy',
    'stages[0].earlyStopping={patience: 2, minDelta: 0}',
  );
  assert.deepEqual([byLoss.result.stages[0]!.epochs, byLoss.weight], [4, 4]);
  // Balanced accuracy is highest in epoch 3, and one epoch without a better one comes after it.
  const own = await run('stages[0].earlyStopping={metric: balancedAccuracy, patience: 1, minDelta: 0}');
  assert.deepEqual([own.result.stages[0]!.epochs, own.weight], [4, 2]);
  // Epoch 2 beats the first by 0.0375, which is not more than 0.1: it is the first without a better one.
  const far = await run('stages[0].earlyStopping={metric: balancedAccuracy, patience: 1, minDelta: 0.1}');
  assert.equal(far.result.stages[0]!.epochs, 2);
});

test('train - reduceOnPlateau watches its own metric', async () => {
  const settings = 'factor: 0.5, patience: 1, minDelta: 0, minLearningRate: 0';
  const byLoss = await run(`stages[0].reduceOnPlateau={${settings}}`, 'optimizer.learningRate=1');
  assert.deepEqual(byLoss.rates, [1, 1, 1, 0.5, 0.25]);
  const own = await run(
    `stages[0].reduceOnPlateau={metric: accuracy, ${settings}}`,
    'optimizer.learningRate=1',
  );
  // Accuracy falls in epoch 3 and is best in epoch 4.
  assert.deepEqual(own.rates, [1, 1, 1, 0.5, 0.5]);
});

test('costOf - a score that no head has is an error with a way out, never a number', () => {
  assert.throws(
    () => costOf({ loss: 1, mean: meanMetrics({}), heads: {} }, 'auc'),
    /no head has validation rows that auc/,
  );
});
