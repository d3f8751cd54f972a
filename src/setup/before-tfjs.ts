// What has to hold before tfjs-node is imported. Imported for its effect, first thing, by tf.ts.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RunError } from '../errors.ts';
import { lockHash, places, readStamp, setupLine } from './stamp.mjs';

// The module object itself: an ES import of it is frozen, and tfjs sees what is on this one.
const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;

// tfjs-node 4.22 calls these two, which Node 23 took away.
util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
util.isArray ??= Array.isArray;

// TensorFlow logs each start at level 0 and 1; 2 leaves errors. It reads this when its library is loaded.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

// TensorFlow leaves oneDNN's convolutions off on processors without AVX512-VNNI; they are the faster ones there too. It
// reads this when its library is loaded.
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

if (!existsSync(places().binding)) {
  throw new RunError('TensorFlow is not set up in this clone', { hint: `Run \`${setupLine()}\`.` });
}

// A binding of other sources may lack functions or answer otherwise. While it is set up there is no stamp.
const stamp = readStamp();
if (stamp !== undefined && stamp.lock !== lockHash()) {
  throw new RunError(
    'the packages or the C++ sources have changed since TensorFlow was set up in this clone',
    {
      hint: `Run \`${setupLine()}\`.`,
    },
  );
}
