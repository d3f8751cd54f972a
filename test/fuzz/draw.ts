/** What is drawn for a damaged input, and the changes of files that are no text. */

export interface Draw {
  /** From 0 to below n. */
  below(n: number): number;
  of<T>(list: readonly T[]): T;
}

/** One to four changes: bits, bytes and runs of bytes; a cut end; a piece taken out or doubled. */
export function mutatedBytes(bytes: Buffer, draw: Draw): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + draw.below(4); left > 0; left--) {
    // What is at the front says how the rest is read, so that it is hit as often as all the rest.
    const at = draw.below(draw.below(2) === 0 ? Math.min(64, result.length) : result.length);
    const to = Math.min(result.length, at + 1 + draw.below(16));
    const change = draw.below(7);
    if (change === 0) result[at] = result[at]! ^ (1 << draw.below(8));
    else if (change === 1) result[at] = draw.of([0, 1, 0x7f, 0x80, 0xff]);
    else if (change === 2) result.fill(draw.of([0, 0xff]), at, to);
    else if (change === 3) result = result.subarray(0, at);
    else if (change === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(to)]);
    else if (change === 5) result = Buffer.concat([result.subarray(0, to), result.subarray(at)]);
    else result.writeUIntLE(draw.below(2 ** 24), Math.max(0, Math.min(at, result.length - 3)), 3);
    if (result.length < 4) return result;
    result = Buffer.from(result);
  }
  return result;
}

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '../../x',
  '__proto__',
  [],
  {},
  [[]],
  { constructor: 1 },
];

/** JSON that is JSON still, with a value somewhere in it exchanged, taken out or put under another name. */
export function mutatedJson(text: string, draw: Draw): string {
  const root: unknown = JSON.parse(text);
  let at = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return JSON.stringify(draw.of(VALUES));
    const key = draw.of(keys);
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null && draw.below(4) > 0) {
      at = inner as Record<string, unknown>;
      continue;
    }
    if (draw.below(4) > 0) at[key] = draw.of(VALUES);
    else if (Array.isArray(at)) at.splice(Number(key), 1);
    else delete at[key];
    return JSON.stringify(root);
  }
}
