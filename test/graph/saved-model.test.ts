import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGraph } from '../../src/graph/graph.ts';
import { createProgram, type Program } from '../../src/graph/program.ts';
import { tf } from '../../src/tensorflow/tf.ts';

/** Nodes and bytes of a program with one signature over [4]. */
function saved(compute: (x: tf.Tensor, program: Program) => tf.Tensor): { nodes: number; bytes: number } {
  const program = createProgram();
  const inputs = { x: { shape: [4], dtype: 'float32' } } as const;
  program.signature('go', { inputs, record: ({ x }) => ({ y: compute(x!, program) }) });
  return program.save(mkdtempSync(join(tmpdir(), 'manyheads-graph-')));
}

test('save - what no output and no update needs is not written', () => {
  const alone = saved((x) => tf.sin(x));
  const withDead = saved((x) => {
    tf.exp(tf.cos(x));
    return tf.sin(x);
  });
  assert.deepEqual(withDead.nodes, alone.nodes);
});

test('save - equal subexpressions and equal constants are written once', () => {
  const once = saved((x) => {
    const part = tf.exp(tf.add(x, 3));
    return tf.mul(part, part);
  });
  const twice = saved((x) => tf.mul(tf.exp(tf.add(x, 3)), tf.exp(tf.add(x, tf.scalar(3)))));
  assert.deepEqual(twice, once);
});

test('save - a tensor of one repeated value costs no bytes of its own', () => {
  const { bytes } = saved((x) => tf.add(tf.sum(x), tf.sum(tf.zeros([512, 512]))));
  assert.ok(bytes < 2000, `${bytes} bytes`);
});

test('save - a reshape to the shape that a tensor has is no node', () => {
  const { nodes } = saved((x) => tf.sin(x));
  assert.equal(saved((x) => tf.reshape(tf.sin(tf.reshape(x, [4])), [-1])).nodes, nodes);
});

test('createGraph - two nodes of the same name are told apart, as TensorFlow wants them', () => {
  const graph = createGraph();
  const outputs = [{ shape: [], dtype: 'float32' }] as const;
  const names = ['a', 'b', 'c'].map(() => graph.add({ op: 'Placeholder', outputs }).name);
  assert.deepEqual(names, ['Placeholder', 'Placeholder_1', 'Placeholder_2']);
});
