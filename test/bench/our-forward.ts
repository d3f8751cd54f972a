/** Measured process: forwards of a bare network by our own ops. In: settings as JSON. Out: a line a forward. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../src/graph/program.ts';
import { loadProgram } from '../../src/graph/running.ts';
import type { Network } from '../../src/model/network.ts';
import { infer, packWeights } from '../../src/network/inference/ops.ts';
import { planInference } from '../../src/network/inference/plan.ts';
import { describeTensorFlow } from '../../src/tensorflow/describe.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { peakMemory, tell } from './process.ts';

export interface ForwardSettings {
  /** Files: the description, all weights one after the other, images [batch, size, size, 3]. */
  readonly network: string;
  readonly weights: string;
  readonly images: string;
  readonly batch: number;
  readonly steps: number;
  readonly threads: number;
  /** Where the heads' logits of the last forward go. */
  readonly outputs?: string;
}

const settings = JSON.parse(process.argv[2]!) as ForwardSettings;
const network = JSON.parse(readFileSync(settings.network, 'utf8')) as Network;
const floats = (file: string): Float32Array => new Float32Array(new Uint8Array(readFileSync(file)).buffer);
const size = network.layers[0]!.outputShape[0]!;
const heads = network.heads.map(({ layer }) => layer);
const plan = planInference(network, heads, settings.batch);
const program = createProgram();
const packed = program.variable('packed', { shape: [plan.packed], dtype: 'float32' });
const total = plan.sizes.reduce((sum, each) => sum + each, 0);
program.signature('load', {
  inputs: { values: { shape: [total], dtype: 'float32' } },
  record({ values }) {
    program.assign(packed, packWeights(plan, [values!]));
    return {};
  },
});
program.signature('forward', {
  inputs: { images: { shape: [settings.batch, size, size, 3], dtype: 'float32' } },
  record({ images }) {
    const found = infer(plan, images as tf.Tensor4D, program.read(packed) as tf.Tensor1D);
    return { logits: tf.concat([...found.values()], 1) };
  },
});
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
program.save(folder);
const loaded = loadProgram(folder);
rmSync(folder, { recursive: true });
loaded.call('load', { values: floats(settings.weights) });
const images = floats(settings.images);
let logits = new Float32Array();
for (let step = 0; step < settings.steps; step++) {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  logits = loaded.call('forward', { images }).logits as Float32Array<ArrayBuffer>;
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = performance.now() - begun;
  tell({ milliseconds, cpuMilliseconds: (user + system) / 1e3, loss: 0, at: Date.now() });
}
if (settings.outputs !== undefined) writeFileSync(settings.outputs, logits);
tell({
  peakBytes: peakMemory(),
  versions: { node: process.versions.node, tensorflow: describeTensorFlow().tensorflow },
});
