/**
 * The header of a safetensors file, checked before anything is believed: every tensor's bytes lie inside the file, are as
 * many as its shape and dtype need, and follow one another without a gap or an overlap, as the format demands.
 */

export interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets into the data, in bytes. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Offset of the data in the file, in bytes. */
  readonly dataStart: number;
}

/** Bytes of one element. https://github.com/huggingface/safetensors, safetensors/src/tensor.rs */
const elementBytes: ReadonlyMap<string, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0'].map((dtype) => [dtype, 1] as const),
  ...['U16', 'I16', 'F16', 'BF16'].map((dtype) => [dtype, 2] as const),
  ...['U32', 'I32', 'F32'].map((dtype) => [dtype, 4] as const),
  ...['U64', 'I64', 'F64', 'C64'].map((dtype) => [dtype, 8] as const),
]);

/** The format's own limit. */
const MOST_HEADER_BYTES = 100_000_000;

/** @throws Error saying where the file is not whole */
export function readHeader(bytes: Buffer): Header {
  if (bytes.length < 8) throw new Error(`it has ${bytes.length} bytes`);
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > MOST_HEADER_BYTES || 8 + length > bytes.length)
    throw new Error(`its header of ${length} bytes goes beyond its end`);
  const dataStart = 8 + length;
  const dataBytes = bytes.length - dataStart;
  const header = parseHeader(bytes.toString('utf8', 8, dataStart));
  const { __metadata__: metadata = {}, ...tensors } = header;
  if (!isTexts(metadata)) throw new Error('its __metadata__ is no map of texts');
  const entries = Object.entries(tensors)
    .map(([name, entry]) => checkEntry(name, entry, dataBytes))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      const what = entry.begin < end ? 'overlap those of another tensor' : 'leave a gap before them';
      throw new Error(`the bytes of ${entry.name} ${what}`);
    }
    end = entry.end;
  }
  if (end !== dataBytes) throw new Error(`it has ${dataBytes} bytes of data, its header speaks of ${end}`);
  return { entries, metadata, dataStart };
}

function parseHeader(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('its header is not JSON');
  }
  if (!isMap(value)) throw new Error('its header is no map of tensors');
  return value;
}

function checkEntry(name: string, entry: unknown, dataBytes: number): HeaderEntry {
  if (!isMap(entry)) throw new Error(`${name} has no dtype, shape and place`);
  const { dtype, shape, data_offsets: place } = entry;
  if (typeof dtype !== 'string') throw new Error(`${name} has no dtype`);
  if (!isCounts(shape)) throw new Error(`the shape of ${name} is no list of whole numbers`);
  if (!isCounts(place) || place.length !== 2) throw new Error(`${name} has no place in the file`);
  const [begin, end] = place as [number, number];
  if (begin > end || end > dataBytes) throw new Error(`${name} goes beyond its end`);
  const each = elementBytes.get(dtype);
  const needed = each === undefined ? end - begin : shape.reduce((product, side) => product * side, each);
  if (needed !== end - begin) {
    throw new Error(`${name}, ${dtype} [${shape}], needs ${needed} bytes and has ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isMap(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
