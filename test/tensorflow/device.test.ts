import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { assertDevice, hasInstructions, prepareDevice, visibleDevices } from '../../src/tensorflow/device.ts';

const gpus = { env: {}, driver: true, variant: 'gpu' } as const;

function refusal(device: string, facts: Parameters<typeof visibleDevices>[1]): string {
  try {
    visibleDevices(device, facts);
  } catch (error) {
    assert.ok(error instanceof RunError);
    return error.message;
  }
  return 'none';
}

test('visibleDevices - auto leaves it, cpu hides every GPU, gpu:N shows one', () => {
  assert.equal(visibleDevices('auto', gpus), undefined);
  assert.equal(visibleDevices('cpu', { ...gpus, driver: false }), '-1');
  assert.equal(visibleDevices('gpu:1', gpus), '1');
});

test('visibleDevices - counts among the GPUs that are shown to this process', () => {
  const env = { CUDA_VISIBLE_DEVICES: '4, GPU-8932f937' };
  assert.equal(visibleDevices('gpu:0', { ...gpus, env }), '4');
  assert.equal(visibleDevices('gpu:1', { ...gpus, env }), 'GPU-8932f937');
  assert.equal(
    refusal('gpu:2', { ...gpus, env }),
    'expected a GPU for execution.device gpu:2, found 2 in CUDA_VISIBLE_DEVICES=4, GPU-8932f937',
  );
  assert.equal(
    refusal('gpu:0', { ...gpus, env: { CUDA_VISIBLE_DEVICES: '-1' } }),
    'expected a GPU for execution.device gpu:0, found 0 in CUDA_VISIBLE_DEVICES=-1',
  );
});

test('visibleDevices - no driver, and TensorFlow without CUDA', () => {
  assert.equal(
    refusal('gpu:0', { ...gpus, driver: false }),
    'expected a GPU for execution.device gpu:0, found no NVIDIA driver',
  );
  assert.equal(
    refusal('gpu:0', { ...gpus, variant: 'cpu' }),
    'expected a GPU for execution.device gpu:0, found TensorFlow without CUDA',
  );
});

test('assertDevice - TensorFlow on another device than was asked for', () => {
  assertDevice('auto', 'cpu');
  assertDevice('cpu', 'cpu');
  assertDevice('gpu:0', 'gpu');
  assert.throws(
    () => assertDevice('gpu:3', 'cpu'),
    /expected TensorFlow to compute on gpu:3, found it on the cpu/,
  );
});

test('hasInstructions - by the flags of x86 and of ARM', () => {
  const x86 = (flags: string) => `processor\t: 0\nflags\t\t: fpu ${flags} sse\n`;
  assert.ok(hasInstructions('bfloat16', x86('avx512f avx512_bf16')));
  assert.ok(hasInstructions('bfloat16', 'processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n'));
  assert.ok(!hasInstructions('bfloat16', x86('avx2 avx512f')));
  assert.ok(hasInstructions('float16', x86('avx512f avx512_fp16')));
  // These only convert between float16 and float32.
  assert.ok(!hasInstructions('float16', x86('avx512f avx512_bf16 f16c')));
});

test('prepareDevice - sets what TensorFlow reads when it is loaded, and leaves what the plan says nothing of', () => {
  const facts = { driver: true, variant: 'gpu' } as const;
  const prepared = (device: string, memoryGrowth: boolean, before: Readonly<Record<string, string>> = {}) => {
    const environment = { ...before };
    prepareDevice({ device, memoryGrowth }, environment, facts);
    return environment;
  };
  assert.deepEqual(prepared('auto', false), {});
  assert.deepEqual(prepared('auto', true), { TF_FORCE_GPU_ALLOW_GROWTH: 'true' });
  assert.deepEqual(prepared('gpu:1', true, { CUDA_VISIBLE_DEVICES: '2,3' }), {
    CUDA_VISIBLE_DEVICES: '3',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  });
  // A sweep with several trials on a GPU has set it.
  const ofSweep = { TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  assert.deepEqual(prepared('auto', false, ofSweep), ofSweep);
});
