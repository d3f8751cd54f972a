/**
 * The plan's hash: SHA-256 of the canonical JSON (RFC 8785) of its settings, in hexadecimal. Keys that came after version
 * 0.1.0 are left out where they have their neutral value (neutral.ts); the number of the numerics (numerics.ts) is a key of
 * its own where it is above 1.
 */

import { createHash, type Hash } from 'node:crypto';
import type { Settings } from '../plan.ts';
import { canonicalJson } from './canonical.ts';
import { currentNumerics, numerics } from './numerics.ts';
import { createPartBytes } from './part-bytes.ts';
import { createShape, entriesOf, type PartTexts } from './part-texts.ts';
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

/** `hashSettings` for many settings that share parts by identity, whose bytes are made once; gives the same hashes. */
export function createSettingsHasher(texts: PartTexts): (settings: Settings) => Hashes {
  const current = currentNumerics();
  const under = numerics.flatMap(({ number }) => (number <= current ? [number] : [])).reverse();
  const bytes = createPartBytes(texts);
  const shape = createShape(texts.tree);
  /** What stands before the key `numerics`, which most settings have in common, and the digests that begin with it, the current numerics first. */
  let before = Buffer.alloc(0);
  let begun: readonly Hash[] = [];

  function begin(start: Buffer): void {
    if (begun.length > 0 && before.equals(start)) return;
    before = Buffer.from(start);
    begun = under.map((number) => {
      const hash = createHash('sha256').update(before);
      return number === 1 ? hash : hash.update(`,"numerics":${number}`);
    });
  }

  return (settings) => {
    bytes.begin();
    /** Where the key `numerics` stands in canonical JSON. */
    let numericsAt = 0;
    const map = settings as unknown as Readonly<Record<string, unknown>>;
    for (const { key, name, shape: inner, neutral } of entriesOf(shape, settings)) {
      if (neutral !== undefined && texts.textOf(map[key], inner) === neutral) continue;
      if (key > 'numerics' && numericsAt === 0) numericsAt = bytes.length();
      bytes.text((bytes.length() === 0 ? '{' : ',') + name);
      bytes.value(map[key], inner);
    }
    bytes.text('}');
    const written = bytes.written();
    begin(written.subarray(0, numericsAt));
    const rest = written.subarray(numericsAt);
    const [hash, ...earlierHashes] = begun.map((one) => one.copy().update(rest).digest('hex'));
    return { hash: hash!, earlierHashes: earlierHashes.length === 0 ? none : earlierHashes };
  };
}
