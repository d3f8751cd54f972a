/**
 * Canonical JSON of settings that share parts by identity, written into one buffer for all of them: as strings they would
 * be some 10 kB of garbage each. The bytes of a part that is met again are kept; keys with their neutral value are left out.
 */
import { entriesOf, itemsOf, MOST_KEPT, type PartTexts, type Shape, variantShape } from './part-texts.ts';

/** Characters of a text that is written one by one: for a few a call of Node's costs more than the loop. */
const SHORT = 48;

export interface PartBytes {
  /** What was written since `begin`; the next `begin` overwrites it. */
  written(): Buffer;
  length(): number;
  begin(): void;
  text(text: string): void;
  /** @param shape always the same for values of the same form */
  value(value: unknown, shape: Shape): void;
}

export function createPartBytes({ lasting, textOf }: PartTexts): PartBytes {
  let buffer = Buffer.alloc(1 << 16);
  let length = 0;
  let kept = 0;
  let round = 0;
  const bytes = new Map<Shape, Map<object, Buffer>>();
  /** Where the value that a shape had last stands in the buffer. */
  const latest = new Map<Shape, { value: object; round: number; start: number; end: number }>();

  const reserve = (more: number): void => {
    if (length + more > buffer.length) buffer = Buffer.concat([buffer], 2 * (length + more));
  };

  function writeText(text: string): void {
    reserve(3 * text.length);
    if (text.length > SHORT || !writeShort(text)) length += buffer.write(text, length);
  }

  /** @returns false where it is not all ASCII */
  function writeShort(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      buffer[length + i] = code;
    }
    length += text.length;
    return true;
  }

  function writeValue(value: unknown, shape: Shape): void {
    if (typeof value !== 'object' || value === null) {
      writeText(textOf(value, shape));
      return;
    }
    const known = bytes.get(shape)?.get(value);
    if (known !== undefined) {
      reserve(known.length);
      buffer.set(known, length);
      length += known.length;
      return;
    }
    const before = latest.get(shape);
    if (before?.value === value && before.round === round) {
      reserve(before.end - before.start);
      buffer.copyWithin(length, before.start, before.end);
      length += before.end - before.start;
      return;
    }
    const start = length;
    if (Array.isArray(value)) writeList(value, shape);
    else writeMap(value as Readonly<Record<string, unknown>>, variantShape(shape, value));
    if (lasting.has(value) && kept < MOST_KEPT) keep(value, shape, start);
    else if (before === undefined) latest.set(shape, { value, round, start, end: length });
    else {
      before.value = value;
      before.round = round;
      before.start = start;
      before.end = length;
    }
  }

  function keep(value: object, shape: Shape, start: number): void {
    kept += length - start;
    const copy = Buffer.from(buffer.subarray(start, length));
    const ofShape = bytes.get(shape);
    if (ofShape === undefined) bytes.set(shape, new Map([[value, copy]]));
    else ofShape.set(value, copy);
  }

  function writeList(items: readonly unknown[], shape: Shape): void {
    writeText('[');
    items.forEach((item, i) => {
      if (i > 0) writeText(',');
      writeValue(item, itemsOf(shape));
    });
    writeText(']');
  }

  function writeMap(map: Readonly<Record<string, unknown>>, shape: Shape): void {
    writeText('{');
    const start = length;
    for (const { key, name, shape: inner, neutral } of entriesOf(shape, map)) {
      const value = map[key];
      if (value === undefined) continue;
      if (neutral !== undefined && textOf(value, inner) === neutral) continue;
      if (length > start) writeText(',');
      writeText(name);
      writeValue(value, inner);
    }
    writeText('}');
  }

  return {
    written: () => buffer.subarray(0, length),
    length: () => length,
    begin() {
      length = 0;
      round++;
    },
    text: writeText,
    value: writeValue,
  };
}
