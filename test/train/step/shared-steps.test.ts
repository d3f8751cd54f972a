/**
 * Which stages share a recorded step. What a key leaves out is proved to leave the recorded graph as it is, byte for byte;
 * all else, known or new, gives another key.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { type Data, openData } from '../../../src/data/dataset.ts';
import { type Compiled, compilePlan } from '../../../src/plan/compile.ts';
import type { StagePlan } from '../../../src/plan/plan.ts';
import { addEvaluate } from '../../../src/train/step/evaluate-step.ts';
import { createRecording, type Recording } from '../../../src/train/step/recording.ts';
import {
  evaluationKey,
  outsideOfAugmentation,
  outsideOfEvaluation,
  outsideOfOptimizer,
  outsideOfSteps,
  trainingKey,
} from '../../../src/train/step/shared-steps.ts';
import { addTrain } from '../../../src/train/step/train-step.ts';
import { recordProgram } from '../../../src/train/step/training-program.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

const ROWS = 8;
/** All that a stage can have, so that a change of any of it would be seen. */
const everything = [
  'model.towers={shape: [{dropout: 0.3}, {dense: 8}]}',
  'stages[0].learningRatePolicy={name: cosine}',
  'stages[0].reduceOnPlateau=null',
  'stages[0].augmentation={shift: {x: 0.1}, shear: {x: 5}, rotate: 10, zoom: 0.1, horizontalFlip: 0.5, trivialAugment: {}, brightness: 0.1, contrast: 0.1, saturation: 0.1, hue: 0.1, grayscale: 0.1, gaussianBlur: {sigma: [0.5, 1]}, gaussianNoise: {stddev: [1, 2]}, randomErasing: {}, coarseDropout: {}, mixUp: {}}',
];

let tiny: Tiny;
let folder: string;
let compiled: Compiled;
let data: Data;
let stage: StagePlan;
let changed: { readonly [Key in keyof StagePlan]: StagePlan[Key] };
let changedAugmentation: { readonly [Key in keyof AugmentationPlan]: AugmentationPlan[Key] };

before(async () => {
  tiny = await makeTiny(30);
  folder = mkdtempSync(join(tmpdir(), 'manyheads-shared-steps-'));
  compiled = compilePlan(tiny.experiment, { overrides: everything, needTable: true });
  data = await openData(compiled.plan, { cacheFolder: join(folder, 'images') });
  stage = compiled.plan.settings.stages[0]!;
  const { augmentation } = stage;
  changed = {
    name: 'another',
    imageSize: 24,
    epochs: 7,
    batchSize: 4,
    stepsPerEpoch: 2,
    lastBatch: 'drop',
    trainable: ['tower', 'heads'],
    dropout: 0.7,
    stochasticDepth: 0.1,
    optimizer: { ...stage.optimizer, weightDecay: 0.1 },
    learningRatePolicy: { name: 'exponential', every: { epochs: 1 }, factor: 0.5, warmUp: null },
    learningRateFactors: { backbone: 0.1, tower: 1, heads: 1 },
    loss: { ...stage.loss, classWeights: { type: 'none' } },
    augmentation: { ...augmentation, fillValue: 9 },
    earlyStopping: { metric: 'accuracy', patience: 1, minDelta: 0 },
    reduceOnPlateau: { metric: 'loss', factor: 0.5, patience: 1, minDelta: 0, minLearningRate: 0 },
    restoreBest: !stage.restoreBest,
    selectBy: 'auc',
  };
  const amount = { amount: 0.2, probability: 0.3 };
  changedAugmentation = {
    strength: { from: 0, to: 0.5 },
    horizontalFlip: 0.1,
    verticalFlip: 0.1,
    shift: { x: 0.2, y: 0.1, probability: 0.3 },
    zoom: amount,
    rotate: { degrees: 20, probability: 0.3 },
    shear: { x: 9, y: 1, probability: 0.3 },
    randomResizedCrop: { scale: [0.5, 1], ratio: [1, 1], probability: 0.3 },
    fillMode: 'wrap',
    fillValue: 9,
    trivialAugment: { probability: 0.3 },
    // TrivialAugment is done in its place.
    randAugment: { operations: 1, magnitude: 3, probability: 0.3 },
    brightness: amount,
    contrast: amount,
    saturation: amount,
    hue: amount,
    grayscale: 0.2,
    gaussianBlur: { ...augmentation.gaussianBlur!, probability: 0.3 },
    gaussianNoise: { stddev: [3, 9], probability: 0.3 },
    randomErasing: { ...augmentation.randomErasing!, probability: 0.3, areaMax: 0.2 },
    coarseDropout: { ...augmentation.coarseDropout!, value: 1, probability: 0.3 },
    mixUp: { alpha: 0.7, probability: 0.3 },
    cutMix: { alpha: 0.7, probability: 0.3 },
  };
});
after(() => {
  rmSync(folder, { recursive: true });
});

/** The file of a program of nothing but one step of this stage. */
function graphOf(of: StagePlan, add: (recording: Recording) => void, from = compiled): string {
  const plan = { ...from.plan, settings: { ...from.plan.settings, stages: [of] } };
  const recording = createRecording(plan, data, from.networkFor, 'file');
  add(recording);
  const saved = mkdtempSync(join(folder, 'program-'));
  recording.program.save(saved);
  return readFileSync(join(saved, 'saved_model.pb')).toString('base64');
}
const trainingGraph = (of: StagePlan): string =>
  graphOf(of, (recording) => addTrain(recording, 'train', of, ROWS));
const evaluationGraph = (of: StagePlan, from?: Compiled): string =>
  graphOf(of, (recording) => addEvaluate(recording, 'evaluate', of), from);

/** Every stage that differs from the tiny one in one value, by the path of that value. */
function changedStages(): Map<string, StagePlan> {
  return new Map([
    ...Object.entries(changed).map(([key, value]): [string, StagePlan] => [key, { ...stage, [key]: value }]),
    ...Object.entries(changedAugmentation).map(([key, value]): [string, StagePlan] => [
      `augmentation.${key}`,
      { ...stage, augmentation: { ...stage.augmentation, [key]: value } },
    ]),
    ['optimizer.learningRate', { ...stage, optimizer: { ...stage.optimizer, learningRate: 7 } }],
  ]);
}

const outsideOfTraining = [
  ...Object.keys(outsideOfSteps),
  ...Object.keys(outsideOfOptimizer).map((key) => `optimizer.${key}`),
  ...Object.keys(outsideOfAugmentation).map((key) => `augmentation.${key}`),
];

test('the stage of this test has all keys, and each of them is changed', () => {
  assert.deepEqual(Object.keys(changed).sort(), Object.keys(stage).sort());
  assert.deepEqual(Object.keys(changedAugmentation).sort(), Object.keys(stage.augmentation).sort());
  for (const [path, other] of changedStages()) assert.notDeepEqual(other, stage, path);
});

test('trainingKey - a changed value gives another key, unless it is listed: then the graph is the same to the byte', () => {
  const graph = trainingGraph(stage);
  const same: string[] = [];
  for (const [path, other] of changedStages()) {
    if (trainingKey(other, ROWS) !== trainingKey(stage, ROWS)) continue;
    same.push(path);
    // A string of megabytes would be printed whole.
    assert.ok(trainingGraph(other) === graph, `${path} changes the graph of a training step`);
  }
  assert.deepEqual(same.sort(), outsideOfTraining.sort());
  assert.ok(
    trainingGraph({ ...stage, ...{ dropout: changed.dropout } }) !== graph,
    'a graph that differs is seen',
  );
  assert.notEqual(trainingKey(stage, 5), trainingKey(stage, ROWS));
});

test('trainingKey - what a step is fed is a part of it', () => {
  const key = trainingKey(stage, ROWS);
  const { augmentation } = stage;
  const with_ = (change: Partial<AugmentationPlan>): StagePlan => ({
    ...stage,
    augmentation: { ...augmentation, ...change },
  });
  assert.notEqual(trainingKey(with_({ gaussianBlur: null }), ROWS), key);
  assert.notEqual(trainingKey(with_({ grayscale: 0 }), ROWS), key, 'one colour less');
  assert.notEqual(
    trainingKey(with_({ coarseDropout: { ...augmentation.coarseDropout!, holes: [1, 17] } }), ROWS),
    key,
  );
  const oneCycle: StagePlan['learningRatePolicy'] = {
    name: 'oneCycle',
    rise: { share: 0.3 },
    startFactor: 0.04,
    endFactor: 0,
    annealing: 'cosine',
    threePhase: false,
    momentum: { min: 0.85, max: 0.95 },
  };
  assert.notEqual(trainingKey({ ...stage, learningRatePolicy: oneCycle }, ROWS), key);
});

test('evaluationKey - a changed value gives another key, unless it is listed: then the graph is the same to the byte', () => {
  const graph = evaluationGraph(stage);
  const same: string[] = [];
  for (const [path, other] of changedStages()) {
    if (evaluationKey(other, []) !== evaluationKey(stage, [])) continue;
    same.push(path);
    assert.ok(evaluationGraph(other) === graph, `${path} changes the graph of an evaluation step`);
  }
  const withoutBatch = outsideOfTraining.filter((path) => path !== 'batchSize');
  assert.deepEqual(same.sort(), [...withoutBatch, ...Object.keys(outsideOfEvaluation)].sort());
  assert.notEqual(evaluationKey(stage, ['averages/a']), evaluationKey(stage, []));
});

test('evaluationKey - stages that differ in stochastic depth evaluate by the same graph, where a network has it', () => {
  const deep = compilePlan(tiny.experiment, {
    overrides: ['model.backbone={name: efficientnetb0}', 'stages[0].imageSize=32'],
    needTable: true,
  });
  const [small] = deep.plan.settings.stages;
  const other = { ...small!, stochasticDepth: 0.5 };
  assert.equal(evaluationKey(other, []), evaluationKey(small!, []));
  assert.ok(evaluationGraph(other, deep) === evaluationGraph(small!, deep));
});

test('both keys - a setting that nobody has listed yet gives another key, wherever it stands', () => {
  const unknown = { unheardOf: 1 };
  const others: Record<string, StagePlan> = {
    stage: { ...stage, ...unknown },
    augmentation: { ...stage, augmentation: { ...stage.augmentation, ...unknown } },
    loss: { ...stage, loss: { ...stage.loss, ...unknown } },
    optimizer: { ...stage, optimizer: { ...stage.optimizer, ...unknown } },
  };
  for (const [place, other] of Object.entries(others)) {
    assert.notEqual(trainingKey(other, ROWS), trainingKey(stage, ROWS), place);
    // Evaluation has nothing to do with the optimizer but for the averages.
    if (place !== 'optimizer') assert.notEqual(evaluationKey(other, []), evaluationKey(stage, []), place);
  }
});

test('recordProgram - stages that differ in what is listed share their steps, others do not', () => {
  const { plan, networkFor } = compiled;
  const stages: StagePlan[] = [
    stage,
    { ...stage, name: 'longer', epochs: 9, optimizer: { ...stage.optimizer, learningRate: 7 } },
    { ...stage, name: 'heads', trainable: ['heads'] },
    { ...stage, name: 'unheard', ...{ unheardOf: 1 } },
  ];
  const program = recordProgram(
    { ...plan, settings: { ...plan.settings, stages } },
    data,
    networkFor,
    'file',
  );
  const names = program.stages.map(({ train, evaluate, begin }) => [train.get(ROWS), evaluate, begin]);
  assert.deepEqual(names, [
    ['train8/small', 'evaluate/small', 'begin/small'],
    ['train8/small', 'evaluate/small', 'begin/small'],
    ['train8/heads', 'evaluate/small', 'begin/heads'],
    ['train8/unheard', 'evaluate/unheard', 'begin/small'],
  ]);
});
