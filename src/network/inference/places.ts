/**
 * Where the outputs of units lie. What is concatenated is computed into its place in the whole, so that no concatenation is
 * copied; maps that nothing reads any more give their memory to later ones.
 *
 * Steps on maps of one size are a segment, which some images go through before the next images do. What lives within one
 * segment alone is local: all images of a call use that memory in turn, so that it stays in the cache.
 */
import type { Layer } from '../../model/network.ts';
import { aligned, type View } from './step.ts';
import type { Unit } from './units.ts';

export interface Places {
  /** Of a layer's output. */
  view(layer: string): View;
  /** Inputs of a concatenation that lie elsewhere and are copied. */
  copied(concatenation: string): readonly { readonly input: string; readonly to: View }[];
  /** Floats of an image that all maps together take, and those of local ones. */
  readonly arena: number;
  readonly local: number;
}

/** Columns of an array that other arrays are parts of. */
interface Part {
  readonly whole: string;
  readonly channel: number;
}

const OUTPUT = ' output';
/** Floats of 4 KiB: rows so far apart fall into one set of the cache. */
const PAGE = 1024;

/** @param outputs layers whose outputs the call gives, one beside the other */
export function placesOf(units: readonly Unit[], outputs: readonly string[]): Places {
  const layers = new Map<string, Layer>(units.map(({ last }) => [last.name, last]));
  const channelsOf = (name: string): number => layers.get(name)!.outputShape.at(-1)!;
  const parts = new Map<string, Part>();
  const copies = new Map<string, { input: string; channel: number }[]>();

  /** Gives each input its place in the whole, or has it copied there. */
  function fill(whole: string, inputs: readonly string[]): void {
    let channel = 0;
    for (const input of inputs) {
      const isFree = !parts.has(input) && layers.get(input)!.type !== 'input';
      if (isFree) parts.set(input, { whole, channel });
      else copies.set(whole, [...(copies.get(whole) ?? []), { input, channel }]);
      channel += channelsOf(input);
    }
  }
  fill(OUTPUT, outputs);
  // The last concatenation first: those before it may lie in it.
  for (const { layer, inputs, last } of [...units].reverse()) {
    if (layer.type === 'concatenate') fill(last.name, inputs);
  }

  /** The array that a layer's output is a part of in the end. */
  function arrayOf(name: string): Part {
    const part = parts.get(name);
    if (part === undefined || part.whole === OUTPUT) return part ?? { whole: name, channel: 0 };
    const outer = arrayOf(part.whole);
    return { whole: outer.whole, channel: outer.channel + part.channel };
  }

  const width = outputs.reduce((sum, name) => sum + channelsOf(name), 0);
  const arrays = lifetimes(units, arrayOf, copies.get(OUTPUT) ?? []);
  const isLocal = ({ first, last }: Lifetime): boolean => first.segment === last.segment;
  const strides = new Map<string, number>([[OUTPUT, width]]);
  for (const whole of arrays.keys()) {
    if (whole === OUTPUT) continue;
    const channels = channelsOf(whole);
    const isSpread = layers.get(whole)!.outputShape.length === 3 && channels % (PAGE / 4) === 0;
    strides.set(whole, isSpread ? channels + 16 : channels);
  }
  const room = (wanted: (lifetime: Lifetime) => boolean, endOf: (lifetime: Lifetime) => number) => {
    const some = [...arrays].filter(
      ([whole, lifetime]) => whole !== OUTPUT && layers.get(whole)!.type !== 'input' && wanted(lifetime),
    );
    return allocate(
      some.map(([name, lifetime]) => {
        const [height, wide] = layers.get(name)!.outputShape;
        const pixels = layers.get(name)!.outputShape.length === 3 ? height! * wide! : 1;
        return {
          name,
          floats: aligned(pixels * strides.get(name)!),
          first: lifetime.first.unit,
          end: endOf(lifetime),
        };
      }),
    );
  };
  const locals = room(isLocal, ({ last }) => last.unit);
  // Other images of the segment may still read what one image has no more use for.
  const globals = room(
    (lifetime) => !isLocal(lifetime),
    ({ last }) => last.segmentEnd,
  );

  function viewOf({ whole, channel }: Part): View {
    if (whole === OUTPUT) return { place: 'output', start: 0, channel, stride: width };
    if (layers.get(whole)!.type === 'input')
      return { place: 'images', start: 0, channel, stride: channelsOf(whole) };
    const start = locals.starts.get(whole);
    const stride = strides.get(whole)!;
    return start === undefined
      ? { place: 'arena', start: globals.starts.get(whole)!, channel, stride }
      : { place: 'local', start, channel, stride };
  }

  return {
    view: (layer) => viewOf(arrayOf(layer)),
    copied(concatenation) {
      const whole = concatenation === OUTPUT ? { whole: OUTPUT, channel: 0 } : arrayOf(concatenation);
      return (copies.get(concatenation) ?? []).map(({ input, channel }) => ({
        input,
        to: viewOf({ whole: whole.whole, channel: whole.channel + channel }),
      }));
    },
    arena: globals.floats,
    local: locals.floats,
  };
}

interface Moment {
  readonly unit: number;
  readonly segment: number;
  /** The last unit of its segment. */
  readonly segmentEnd: number;
}

interface Lifetime {
  readonly first: Moment;
  readonly last: Moment;
}

/** When each array is first written and last read. @param copied outputs that are copied when all is done */
function lifetimes(
  units: readonly Unit[],
  arrayOf: (layer: string) => Part,
  copied: readonly { readonly input: string }[],
): Map<string, Lifetime> {
  const shapes = new Map(units.map(({ last }) => [last.name, last.outputShape]));
  const segments: number[] = [];
  let pixels = '';
  units.forEach(({ layer, inputs }, i) => {
    const shape = shapes.get(inputs[0] ?? '');
    // Maps of one size: `SegmentsOf` of forward.cc. What computes nothing belongs to what is before it.
    const size = shape === undefined || layer.type === 'concatenate' ? pixels : `${shape.slice(0, -1)}`;
    segments.push((segments[i - 1] ?? 0) + (size === pixels ? 0 : 1));
    pixels = size;
  });
  const momentOf = (unit: number): Moment => ({
    unit,
    segment: segments[unit] ?? -1,
    segmentEnd: unit < units.length ? segments.lastIndexOf(segments[unit]!) : unit,
  });
  const found = new Map<string, Lifetime>();
  const use = (name: string, unit: number): void => {
    const { whole } = arrayOf(name);
    found.set(whole, { first: found.get(whole)?.first ?? momentOf(unit), last: momentOf(unit) });
  };
  units.forEach(({ layer, inputs, added, last }, i) => {
    if (layer.type === 'input') return;
    for (const name of [last.name, ...inputs, ...(added === undefined ? [] : [added])]) use(name, i);
  });
  for (const { input } of copied) use(input, units.length);
  return found;
}

interface Block {
  readonly name: string;
  readonly floats: number;
  /** Units between which, both included, nothing else may lie there. */
  readonly first: number;
  readonly end: number;
}

/** Each block at the lowest place that is free for as long as it lives. */
function allocate(blocks: readonly Block[]): { starts: ReadonlyMap<string, number>; floats: number } {
  const starts = new Map<string, number>();
  const placed: (Block & { start: number })[] = [];
  let floats = 0;
  for (const block of [...blocks].sort((a, b) => a.first - b.first)) {
    const others = placed
      .filter(({ first, end }) => first <= block.end && block.first <= end)
      .sort((a, b) => a.start - b.start);
    let start = 0;
    for (const other of others) {
      if (other.start - start >= block.floats) break;
      start = Math.max(start, other.start + other.floats);
    }
    placed.push({ ...block, start });
    starts.set(block.name, start);
    floats = Math.max(floats, start + block.floats);
  }
  return { starts, floats };
}

/** The name under which the outputs are a concatenation. */
export const outputs = OUTPUT;
