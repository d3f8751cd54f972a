// The binding in this process, and one compiled anew.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../src/machine/command.ts';
import { bindingSources, compileBinding } from '../../src/setup/binding.ts';
import { findCompiler } from '../../src/setup/compiler.ts';
import { proveTensorflow } from '../../src/setup/prove.ts';
import { places, projectFolder } from '../../src/setup/stamp.mjs';
import { nodeBackend } from '../../src/tensorflow/ops.ts';
import { tf } from '../../src/tensorflow/tf.ts';

test('proveTensorflow - TensorFlow 2.21.0 answers in a process of its own', async () => {
  const proof = await proveTensorflow();
  assert.deepEqual([proof.version, proof.product], ['2.21.0', [19, 22, 43, 50]]);
});

/** Kernels register themselves, so that a binding is whole without them; set-up compiles them where a source has changed. */
const KERNELS = ['kernels', 'forward'].map((name) => join(projectFolder, 'src/native', name, '/'));
/** Whether the kernels are compiled once more here. */
const IS_WHOLE = process.env.TEST_WHOLE_BINDING === '1';

test('compileBinding - the compiled file loads from its place in the package and names its TensorFlow', async () => {
  const at = mkdtempSync(join(tmpdir(), 'manyheads-binding-'));
  const { libraries, headers } = places();
  const target = join(at, 'tfjs_binding.node');
  const tensorflow = { libraries: realpathSync(libraries), headers: realpathSync(headers) };
  const { files } = await bindingSources();
  const compiled = files.filter((file) => IS_WHOLE || !KERNELS.some((folder) => file.startsWith(folder)));
  assert.ok(IS_WHOLE || (compiled.length > 5 && compiled.length < files.length), compiled.join());
  await compileBinding(await findCompiler(), compiled, tensorflow, target);
  mkdirSync(join(at, 'lib', 'napi-v8'), { recursive: true });
  mkdirSync(join(at, 'deps'));
  copyFileSync(target, join(at, 'lib', 'napi-v8', 'tfjs_binding.node'));
  symlinkSync(tensorflow.libraries, join(at, 'deps', 'lib'));
  const script = `process.stdout.write(require(${JSON.stringify(join(at, 'lib', 'napi-v8', 'tfjs_binding.node'))}).TF_Version)`;
  const { code, stdout, stderr } = await runCommand(process.execPath, ['-e', script]);
  assert.deepEqual([code, stdout], [0, '2.21.0'], stderr);
});

test('tf - a convolution and its gradient', () => {
  const filter_HWIO = tf.ones<tf.Rank.R4>([3, 3, 3, 4]);
  const sumOfOutput = (images_BHWC: tf.Tensor) =>
    tf.conv2d(images_BHWC as tf.Tensor4D, filter_HWIO, 1, 'same').sum();
  const gradient_BHWC = tf.grad(sumOfOutput)(tf.ones([1, 8, 8, 3]));
  // Each of the 4 filters adds 1 for every window that holds the pixel: 9 inside, 6 at an edge, 4 in a corner.
  const row = [16, 24, 24, 24, 24, 24, 24, 16];
  const inner = [24, 36, 36, 36, 36, 36, 36, 24];
  const expected = [row, ...Array.from({ length: 6 }, () => inner), row];
  assert.deepEqual(gradient_BHWC.slice([0, 0, 0, 0], [1, 8, 8, 1]).squeeze().arraySync(), expected);
});

test('tf - what tfjs asks of node:util is there on every version of Node', () => {
  const util = createRequire(import.meta.url)('node:util') as Record<string, (value: unknown) => boolean>;
  assert.deepEqual(
    [null, undefined, 0, ''].map((value) => util.isNullOrUndefined!(value)),
    [true, true, false, false],
  );
  assert.equal(util.isArray!([]), true);
});

test('nodeBackend - runs ops by name, with attributes, one output and several', () => {
  const backend = nodeBackend();
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32, TF_Version } = backend.binding;
  assert.equal(TF_Version, '2.21.0');
  const type = (name: string, value: number) => ({ name, type: TF_ATTR_TYPE, value });
  const sum = backend.executeSingleOutput(
    'AddV2',
    [type('T', TF_FLOAT)],
    [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])],
  );
  assert.deepEqual(sum.arraySync(), [11, 22]);
  const values = tf.tensor1d([7, 5, 7, 7]);
  const unique = backend.executeMultipleOutputs(
    'UniqueWithCounts',
    [type('T', TF_FLOAT), type('out_idx', TF_INT32)],
    [values],
    3,
  );
  assert.deepEqual(
    unique.map((tensor) => tensor.arraySync()),
    [
      [7, 5],
      [0, 1, 0, 0],
      [3, 1],
    ],
  );
});
