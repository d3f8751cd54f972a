/**
 * Random numbers without state: Philox4x32-10, a function from (key, counter) to four 32-bit words, so that a
 * number depends on what it is for and never on what was drawn before it, on the batch or on the machine.
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
import { createHash } from 'node:crypto';

const ROUNDS = 10;
// Multipliers and Weyl constants: table 2 and section 4.3 of the paper.
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

export type Key = readonly [number, number];
export type Counter = readonly [number, number, number, number];

/** High 32 bits of the unsigned 64-bit product of two 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/**
 * One block of Philox4x32-10.
 * @returns four unsigned 32-bit words, written to `out` from `offset` on
 */
export function philox(key: Key, counter: Counter, out: Uint32Array, offset = 0): void {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = multiplyHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}

/**
 * A key for one purpose, so that streams of different purposes never overlap.
 * @param seed any safe integer, 0 included
 * @param purpose what the numbers are for, as `shuffle` or the name of a weight
 */
export function keyFor(seed: number, purpose: string): Key {
  const digest = createHash('sha256').update(`${seed}\n${purpose}`).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** A stream of numbers for one (key, position): the same values whenever and wherever it is read. */
export interface Stream {
  /** Uniform in [0, 1), 24 bits: exact as float32. */
  uniform(): number;
  /** Uniform integer in [0, bound); bound at most 2^24. */
  integer(bound: number): number;
  /** Standard normal (Box and Muller). */
  normal(): number;
}

/**
 * @param position up to three unsigned 32-bit words, as (epoch, row): one stream each
 */
export function stream(key: Key, ...position: readonly number[]): Stream {
  const words = new Uint32Array(4);
  let block = 0;
  let used = 4;
  let spare: number | undefined;
  const [c1 = 0, c2 = 0, c3 = 0] = position;
  const next = (): number => {
    if (used === 4) {
      philox(key, [block++, c1, c2, c3], words);
      used = 0;
    }
    return words[used++]!;
  };
  const uniform = (): number => (next() >>> 8) / 0x1000000;
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/**
 * The numbers 0…count-1 in random order (Fisher and Yates).
 * @param numbers where the randomness comes from
 */
export function permutation(count: number, numbers: Stream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = numbers.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
