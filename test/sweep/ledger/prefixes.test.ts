// What one trial leaves and another takes: the checkpoint of the end of a stage under another plan.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import type { SharedStages } from '../../../src/run/trial-place.ts';
import type { FrozenTrial } from '../../../src/sweep/ledger/freeze.ts';
import { createSharedStages, publishedPrefixes, removePrefixes } from '../../../src/sweep/ledger/prefixes.ts';
import { readBest, readCheckpoint } from '../../../src/train/checkpoint.ts';
import type { EpochReport } from '../../../src/train/events.ts';
import { createGraphEngine } from '../../../src/train/graph-engine.ts';
import { type TrainResult, train } from '../../../src/train/train.ts';
import { prefixKeys } from '../../plan/hash/prefix-keys.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

let tiny: Tiny;
let scratch: string;
before(async () => {
  tiny = await makeTiny(30, { blocks: '1' });
  scratch = mkdtempSync(join(tmpdir(), 'manyheads-prefixes-'));
});
after(() => rmSync(scratch, { recursive: true }));

const newFolder = (): string => mkdtempSync(join(scratch, 'folder-'));

interface Trained {
  readonly result: TrainResult;
  readonly history: EpochReport[];
  readonly folder: string;
  readonly hash: string;
  readonly notes: string[];
}

/**
 * Trains as a trial of a sweep does whose other trials share all of its stages.
 * @param sweepFolder without it, the trial is alone
 */
async function runTrial(
  overrides: readonly string[],
  sweepFolder?: string,
  { folder = newFolder(), dataDigest = 'images' } = {},
): Promise<Trained> {
  const { plan, networkFor } = compilePlan(tiny.experiment, { overrides, needTable: true });
  const data = await openData(plan, { cacheFolder: join(scratch, 'images') });
  const notes: string[] = [];
  let epochs = 0;
  const prefixes = prefixKeys(plan.settings).map((key, i) => {
    epochs += plan.settings.stages[i]!.epochs;
    return { key, stages: i + 1, epochs };
  });
  const trial = { hash: plan.hash, prefixes } as unknown as FrozenTrial;
  const run = { plan, folder, dataDigest, tensorflow: { tensorflow: '2', device: 'cpu' } };
  const shared: ReturnType<SharedStages['open']> | undefined =
    sweepFolder === undefined
      ? undefined
      : createSharedStages(sweepFolder, trial, (note) => notes.push(note))!.open(run);
  const own = readCheckpoint(folder, plan);
  const from = shared === undefined ? own : shared.take(own);
  const historyFile = join(folder, 'history.jsonl');
  const lines = from === undefined ? [] : readFileSync(historyFile, 'utf8').trimEnd().split('\n');
  const history = lines.slice(0, from?.position.epochsDone).map((line) => JSON.parse(line) as EpochReport);
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  const result = await train({
    plan,
    data,
    engine,
    folder,
    from,
    signal: new AbortController().signal,
    onEvent(event) {
      if (event.type !== 'epoch') return;
      history.push(event.report);
      writeFileSync(historyFile, history.map((report) => `${JSON.stringify(report)}\n`).join(''));
    },
    onStageSaved: shared?.offer,
  }).finally(() => engine.dispose());
  return { result, history, folder, hash: plan.hash, notes };
}

const carried = ({ history }: Trained): (string | undefined)[] =>
  history.map(({ carriedFrom }) => carriedFrom);
const numbers = ({ history }: Trained): unknown[] =>
  history.map(({ seconds: _, imagesPerSecond: __, carriedFrom: ___, ...rest }) =>
    JSON.parse(JSON.stringify(rest)),
  );

function assertSame(taker: Trained, alone: Trained): void {
  assert.equal(taker.result.weightsHash, alone.result.weightsHash);
  assert.deepEqual(taker.result.metrics, alone.result.metrics);
  assert.deepEqual(numbers(taker), numbers(alone));
  assert.deepEqual(
    taker.result.stages.map(({ name, epochs, bestEpoch }) => [name, epochs, bestEpoch]),
    alone.result.stages.map(({ name, epochs, bestEpoch }) => [name, epochs, bestEpoch]),
  );
}

const cases: Readonly<Record<string, { common: string[]; own: string[] }>> = {
  'a first stage that ends early, other names, and another rate to begin the next with': {
    common: ['stages[small].earlyStopping={ patience: 1, minDelta: 10 }'],
    own: ['stages[0].name=begin', 'stages[1].optimizer.learningRate=0.05'],
  },
  'averages of weights, dropout, and another optimizer after it': {
    common: ['stages[small].optimizer={ name: adamw, averageWeights: { decay: 0.7 }, clipNorm: 1 }'],
    own: [
      'stages[heads].optimizer={ name: rmsprop, learningRate: 0.01, momentum: 0.9 }',
      'stages[heads].augmentation={}',
    ],
  },
  'the last epoch, not the best, and head weights that are learned later': {
    common: ['stages[small].restoreBest=false', 'stages[heads].loss.headWeights=uncertainty'],
    own: ['stages[heads].batchSize=4'],
  },
};

for (const [what, { common, own }] of Object.entries(cases)) {
  test(`createSharedStages - ${what}: a trial that takes a stage ends as it does alone`, async () => {
    const sweepFolder = newFolder();
    const trainer = await runTrial(common, sweepFolder);
    assert.deepEqual(
      carried(trainer),
      trainer.history.map(() => undefined),
    );
    const taker = await runTrial([...common, ...own], sweepFolder);
    const alone = await runTrial([...common, ...own]);
    const ofStage = alone.history.filter(({ stage }) => stage === 0).length;
    assert.deepEqual(
      carried(taker),
      alone.history.map((_, i) => (i < ofStage ? trainer.hash : undefined)),
    );
    assertSame(taker, alone);
    assert.notEqual(taker.result.weightsHash, trainer.result.weightsHash);
  });
}

test('createSharedStages - a whole plan, the longest of several prefixes, and a third trial that goes on from a carried stage', async () => {
  const sweepFolder = newFolder();
  const third =
    'stages=[{ name: a, imageSize: 16, epochs: 1, batchSize: 8 }, { name: b, imageSize: 16, epochs: 1, batchSize: 8 }, { name: c, imageSize: 16, epochs: 1, batchSize: 8 }]';
  const first = await runTrial([third], sweepFolder);
  const second = await runTrial([third, 'stages[2].batchSize=4'], sweepFolder);
  assert.deepEqual(carried(second), [first.hash, first.hash, undefined]);
  // All that there is, by other names: nothing is left to train, and the weights are the same.
  const same = await runTrial([third, 'stages[2].name=end'], sweepFolder);
  assert.deepEqual(carried(same), [first.hash, first.hash, first.hash]);
  assertSame(same, await runTrial([third, 'stages[2].name=end']));
  assert.equal(readBest(same.folder, 'end').weights.size, readBest(first.folder, 'c').weights.size);
  // The mark stays that of the trial that trained it; one's own stages carry none.
  const keys = prefixKeys(compilePlan(tiny.experiment, { overrides: [third] }).plan.settings);
  removePrefixes(sweepFolder, new Set(keys.slice(1)));
  const other = [third, 'stages[1].batchSize=4'];
  const branch = await runTrial(other, sweepFolder);
  assert.deepEqual(carried(branch), [first.hash, undefined, undefined]);
  const leaf = await runTrial([...other, 'stages[2].batchSize=4'], sweepFolder);
  assert.deepEqual(carried(leaf), [first.hash, branch.hash, undefined]);
});

test('createSharedStages - other images, other variables of its libraries: nothing is taken, and each leaves its own', async () => {
  const sweepFolder = newFolder();
  await runTrial([], sweepFolder);
  const own = 'stages[heads].epochs=1';
  const others = await runTrial([own], sweepFolder, { dataDigest: 'other images' });
  assert.deepEqual(carried(others), [undefined, undefined, undefined, undefined]);
  assert.equal(
    readdirSync(join(sweepFolder, 'prefixes')).length,
    4,
    'two keys, and one of them twice; one more',
  );
  process.env.OMP_SCHEDULE = 'static';
  try {
    assert.deepEqual(carried(await runTrial([own], sweepFolder)), [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  } finally {
    delete process.env.OMP_SCHEDULE;
  }
  assert.notEqual(carried(await runTrial([own], sweepFolder))[0], undefined);
});

test('createSharedStages - a prefix that was removed or is broken is trained, and a run past it takes nothing', async () => {
  const sweepFolder = newFolder();
  await runTrial([], sweepFolder);
  const overrides = ['stages[heads].epochs=1'];
  const alone = await runTrial(overrides);
  // Its own checkpoint is further than the first stage.
  const again = await runTrial(overrides, sweepFolder, { folder: alone.folder });
  assert.deepEqual(again.notes, []);
  for (const name of readdirSync(join(sweepFolder, 'prefixes')))
    truncateSync(join(sweepFolder, 'prefixes', name, 'checkpoint/last.safetensors'), 100);
  const taker = await runTrial(overrides, sweepFolder);
  assert.match(
    taker.notes.join(),
    /can't go on from .*prefixes.*trains its stages: .*not a whole safetensors file/,
  );
  assertSame(taker, alone);
  removePrefixes(sweepFolder, publishedPrefixes(sweepFolder));
  assert.ok(existsSync(join(sweepFolder, 'prefixes')) && publishedPrefixes(sweepFolder).size === 0);
});
