/**
 * The plan's hash: SHA-256 of the canonical JSON (RFC 8785) of its settings, in hexadecimal. Keys that came after version
 * 0.1.0 are left out where they have their neutral value (neutral.ts); the number of the numerics (numerics.ts) is a key of
 * its own where it is above 1.
 */

import { createHash } from 'node:crypto';
import type { Settings } from '../plan.ts';
import { canonicalJson } from './canonical.ts';
import { currentNumerics, numerics } from './numerics.ts';
import { createShape, entriesOf, type PartTexts, type Shape } from './part-texts.ts';
import { type NeutralTree, settingsTree, withoutNeutral } from './without-neutral.ts';

export interface HashOptions {
  /** The numerics under which it is the hash. @default the current ones */
  readonly numerics?: number;
  /** Which keys are left out. */
  readonly tree?: NeutralTree | undefined;
}

export function hashSettings(
  settings: Settings,
  { numerics: number = currentNumerics(), tree = settingsTree }: HashOptions = {},
): string {
  const content = number === 1 ? settings : { ...settings, numerics: number };
  return createHash('sha256')
    .update(canonicalJson(withoutNeutral(content, tree)))
    .digest('hex');
}

/** All hashes that a plan has: the number of the numerics by hash, the current ones first. */
export function knownHashes(settings: Settings): ReadonlyMap<string, number> {
  return new Map(
    [...numerics].reverse().map(({ number }) => [hashSettings(settings, { numerics: number }), number]),
  );
}

export interface Hashes {
  readonly hash: string;
  /** Under earlier numerics, newest first. */
  readonly earlierHashes: readonly string[];
}

/** @param under the hash is that of these numerics, the current ones or earlier ones */
export function hashesOf(settings: Settings, under = currentNumerics()): Hashes {
  const known = [...knownHashes(settings)].filter(([, number]) => number <= under);
  const [hash, ...earlierHashes] = known.map(([one]) => one);
  return { hash: hash!, earlierHashes };
}

const none: readonly string[] = [];

/** `hashSettings` for many settings that share parts by identity, whose text is made once; gives the same hashes. */
export function createSettingsHasher({ lasting, textOf, tree }: PartTexts): (settings: Settings) => Hashes {
  const current = currentNumerics();
  const earlier = numerics.flatMap(({ number }) => (number < current ? [number] : [])).reverse();
  const bytes = new Map<object, Buffer>();
  const shape = createShape(tree);
  const stageShape = createShape(tree?.inside.get('stages')?.inside.get('*'));
  // One buffer for all settings: as strings they would be some 10 kB of garbage each.
  let buffer = Buffer.alloc(1 << 16);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more > buffer.length) buffer = Buffer.concat([buffer], 2 * (length + more));
  };
  const writeText = (text: string): void => {
    reserve(3 * text.length);
    length += buffer.write(text, length);
  };
  const writeBytes = (known: Buffer): void => {
    reserve(known.length);
    buffer.set(known, length);
    length += known.length;
  };
  const writeValue = (value: unknown, shape: Shape): void => {
    const isObject = typeof value === 'object' && value !== null;
    const known = isObject ? bytes.get(value) : undefined;
    if (known !== undefined) {
      writeBytes(known);
      return;
    }
    const text = textOf(value, shape);
    if (isObject && lasting.has(value)) bytes.set(value, Buffer.from(text));
    writeText(text);
  };
  return (settings) => {
    length = 0;
    /** Where the key `numerics` stands in canonical JSON. */
    let numericsAt = 0;
    const map = settings as unknown as Readonly<Record<string, unknown>>;
    for (const { key, name, shape: inner, neutral } of entriesOf(shape, settings)) {
      if (neutral !== undefined && textOf(map[key], inner) === neutral) continue;
      if (key < 'numerics') numericsAt = -1;
      else if (numericsAt === -1) numericsAt = length;
      writeText((length === 0 ? '{' : ',') + name);
      if (key !== 'stages') {
        writeValue(map[key], inner);
        continue;
      }
      settings.stages.forEach((stage, i) => {
        writeText(i === 0 ? '[' : ',');
        writeValue(stage, stageShape);
      });
      writeText(']');
    }
    writeText('}');
    const hashUnder = (number: number): string => {
      const hash = createHash('sha256');
      if (number === 1) return hash.update(buffer.subarray(0, length)).digest('hex');
      hash.update(buffer.subarray(0, numericsAt)).update(`,"numerics":${number}`);
      return hash.update(buffer.subarray(numericsAt, length)).digest('hex');
    };
    return {
      hash: hashUnder(current),
      earlierHashes: earlier.length === 0 ? none : earlier.map(hashUnder),
    };
  };
}
