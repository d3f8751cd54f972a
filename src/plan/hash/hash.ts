/** The plan's hash: SHA-256 of the canonical JSON (RFC 8785) of its settings. */

import { createHash } from 'node:crypto';
import type { Settings } from '../plan.ts';
import { canonicalJson } from './canonical.ts';
import { createShape, entriesOf, type PartTexts, type Shape } from './part-texts.ts';

export function hashSettings(settings: Settings): string {
  return createHash('sha256').update(canonicalJson(settings)).digest('hex');
}

/** `hashSettings` for many settings that share parts by identity, whose text is made once; gives the same hash. */
export function createSettingsHasher({ lasting, textOf }: PartTexts): (settings: Settings) => string {
  const bytes = new Map<object, Buffer>();
  const shape = createShape();
  const stageShape = createShape();
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
  const writeValue = (value: unknown, shape: Shape): void => {
    const isObject = typeof value === 'object' && value !== null;
    const known = isObject ? bytes.get(value) : undefined;
    if (known !== undefined) {
      reserve(known.length);
      buffer.set(known, length);
      length += known.length;
      return;
    }
    const text = textOf(value, shape);
    if (isObject && lasting.has(value)) bytes.set(value, Buffer.from(text));
    writeText(text);
  };
  return (settings) => {
    length = 0;
    const map = settings as unknown as Readonly<Record<string, unknown>>;
    for (const { key, name, shape: inner } of entriesOf(shape, settings)) {
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
    return createHash('sha256').update(buffer.subarray(0, length)).digest('hex');
  };
}
