/**
 * Figures of the tiny network, by hand. 8×8 images, 64 pixels; layer: values it puts out, weights, operations.
 *
 *   image                192
 *   conv1 3×3×3→4        256   108          2·27·256 = 13824
 *   conv1_bn             256   16 (8)       2·256    =   512
 *   conv1_relu           256                              256
 *   0_bn, 0_relu         256   16 (8)       512, 256        (256 values each)
 *   1_conv 1×1×4→8       512   32           2·4·512  =  4096
 *   1_bn, 1_relu         512   32 (16)      1024, 512       (512 values each)
 *   2_conv 3×3×8→2       128   144          2·72·128 = 18432
 *   concat               384
 *   bn, relu             384   24 (12)      768, 384        (384 values each)
 *   gap                    6                              384
 *   kids_output            2   14           2·(2·6 + 1) =  26
 *
 * In brackets what can be trained, without the moving averages.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileText, tinyText } from './tiny.ts';

const BACKBONE_WEIGHTS = 108 + 16 + 16 + 32 + 32 + 144 + 24;
const BACKBONE_TRAINABLE = 108 + 8 + 8 + 32 + 16 + 144 + 12;
const BACKBONE_FLOPS = 13824 + 512 + 256 + 512 + 256 + 4096 + 1024 + 512 + 18432 + 768 + 384 + 384;
const VALUES = 192 + 3 * 256 + 2 * 256 + 3 * 512 + 128 + 3 * 384 + 6 + 2;

test('plan figures - parameters, features and shapes of a tiny network', (t) => {
  const { model, stages } = compileText(t).plan;
  assert.equal(model.backbone.parameters, BACKBONE_WEIGHTS);
  assert.equal(model.parameters, BACKBONE_WEIGHTS + 14);
  assert.equal(model.trainableParameters, BACKBONE_TRAINABLE + 14);
  assert.deepEqual(model.backbone.outputShape, [8, 8, 6]);
  assert.equal(model.pooledFeatures, 6);
  assert.deepEqual(model.heads, [{ name: 'kids', classes: ['no', 'yes'] }]);
  assert.deepEqual(
    stages.map(({ trainableParameters }) => trainableParameters),
    [BACKBONE_TRAINABLE + 14, 14],
  );
});

test('plan figures - a step is forward, and backward twice as much, without a frozen backbone', (t) => {
  const { stages } = compileText(t).plan;
  assert.deepEqual(
    stages.map(({ flopsPerStep }) => flopsPerStep),
    [4 * 3 * (BACKBONE_FLOPS + 26), 4 * (BACKBONE_FLOPS + 3 * 26)],
  );
});

test('plan figures - both poolings are twice the features', (t) => {
  const { model } = compileText(t, tinyText, {}, ['model.pooling=[gap, gmp]']).plan;
  assert.equal(model.pooledFeatures, 12);
  // The head reads 12 features: 12·2 weights and 2 biases.
  assert.equal(model.parameters, BACKBONE_WEIGHTS + 26);
});

test('plan figures - memory: program, images, weights, and activations of a batch of 4', (t) => {
  const { stages } = compileText(t).plan;
  const program = 450e6;
  const images = 10 * 8 * 8 * 3;
  // adam: weights, and for what is trained a gradient and two averages; activations and their gradients.
  const all = 4 * (BACKBONE_WEIGHTS + 14 + 3 * (BACKBONE_TRAINABLE + 14)) + 2 * 4 * 4 * VALUES;
  // sgd: a gradient and one average. Of the frozen backbone only its widest layer, 1_bn with 512 in and 512 out.
  const heads = 4 * (BACKBONE_WEIGHTS + 14 + 2 * 14) + 4 * 4 * (2 * 2 + 512 + 512);
  assert.deepEqual(
    stages.map(({ peakMemoryBytes }) => peakMemoryBytes),
    [program + images + all, program + images + heads],
  );
});

test('plan figures - steps count the short last batch, and stepsPerEpoch limits them', (t) => {
  const { dataset, stages } = compileText(t).plan;
  // 30 % of 10 rows for validation; 7 rows in batches of 4 are a batch of 4 and one of 3.
  assert.deepEqual(dataset, { rows: 10, trainingRows: 7, validationRows: 3 });
  assert.equal(stages[0]!.stepsPerEpoch, 2);
  const limited = compileText(t, tinyText, {}, ['stages[all].stepsPerEpoch=1']).plan;
  assert.deepEqual(
    limited.stages.map(({ stepsPerEpoch }) => stepsPerEpoch),
    [1, 2],
  );
  const whole = compileText(t, tinyText, {}, ['stages[all].batchSize=7']).plan;
  assert.equal(whole.stages[0]!.stepsPerEpoch, 1);
});

test('plan figures - images are cached at the largest size of all stages', (t) => {
  const { settings } = compileText(t, tinyText, {}, ['stages[heads].imageSize=24']).plan;
  assert.equal(settings.dataset.cacheSize, 24);
});
