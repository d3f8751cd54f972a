/** Which layers are computed in 16 bits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuilder } from '../../src/model/builder.ts';
import { createWidths } from '../../src/network/narrow.ts';
import { tf } from '../../src/tensorflow/tf.ts';

for (const hasGroupedConv of [true, false]) {
  test(`createWidths - a convolution in groups is ${hasGroupedConv ? 'narrow like the others' : 'float32 where it has no kernel'}`, () => {
    const builder = createBuilder(8);
    const settings = { filters: 4, kernelSize: 1, initializer: 'heNormal' } as const;
    const plain = builder.conv('plain', builder.input('images'), settings);
    const grouped = builder.conv('grouped', plain, { ...settings, groups: 2 });
    builder.conv('last', builder.relu('relu', grouped), settings);
    const narrow = tf.scalar(16);
    const float32 = tf.scalar(32);
    const widths = createWidths({ toNarrow: () => narrow, toFloat32: () => float32, hasGroupedConv });
    // What a layer hands on is marked by what it was computed in: a cast is made where the next one needs another type.
    const outputs = new Map<string, tf.Tensor>();
    const computedIn = builder.layers.map((layer) => {
      const [input = float32] = widths.inputs(layer, outputs);
      outputs.set(layer.name, input);
      widths.note(layer);
      return [layer.name, input === narrow ? 16 : 32, widths.weight(layer, float32) === narrow];
    });
    const width = hasGroupedConv ? 16 : 32;
    assert.deepEqual(computedIn, [
      ['images', 32, false],
      ['plain', 16, true],
      ['grouped', width, hasGroupedConv],
      ['relu', width, false],
      ['last', 16, true],
    ]);
    tf.dispose([narrow, float32]);
  });
}
