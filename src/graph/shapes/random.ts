/** Random numbers: functions of a seed or key, but for Multinomial, which counts. Input 0 holds the shape. */

import type { Shape } from '../types.ts';
import { shapeFromValue } from './broadcast.ts';
import { type OpTable, op } from './op.ts';

const seeded = op('T, Tseed -> dtype=float32', shapeFromValue(0));
const keyed = op('Tshape, uint64, uint64, int32 -> dtype=float32', shapeFromValue(0));

export const random = {
  Multinomial: op(
    'T, int32 -> output_dtype=int64',
    ({ inputs: [logits], values }) => [logits![0]!, values(1)[0]!],
    {
      stateful: true,
    },
  ),
  StatelessRandomGetAlg: op('-> int32', () => [], { stateful: true }),
  // Philox: a key of 64 bits, a counter of 128.
  StatelessRandomGetKeyCounter: op('Tseed -> uint64, uint64', (): Shape[] => [[1], [2]]),
  StatelessRandomNormal: seeded,
  StatelessRandomNormalV2: keyed,
  StatelessRandomUniform: seeded,
  StatelessRandomUniformInt: op('T, Tseed, dtype, dtype -> dtype', shapeFromValue(0)),
  StatelessRandomUniformIntV2: op('Tshape, uint64, uint64, int32, dtype, dtype -> dtype', shapeFromValue(0)),
  StatelessRandomUniformV2: keyed,
  StatelessTruncatedNormal: seeded,
  StatelessTruncatedNormalV2: keyed,
} satisfies OpTable;
