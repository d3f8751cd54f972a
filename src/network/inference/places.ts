/**
 * Where the outputs of units lie. What is concatenated is computed into its place in the whole, so that no concatenation is
 * copied; maps that nothing reads any more give their memory to later ones.
 */
import type { Layer } from '../../model/network.ts';
import { aligned, type View } from './step.ts';
import type { Unit } from './units.ts';

export interface Places {
  /** Of a layer's output. */
  view(layer: string): View;
  /** Inputs of a concatenation that lie elsewhere and are copied. */
  copied(concatenation: string): readonly { readonly input: string; readonly to: View }[];
  /** Floats of an image that all maps together take. */
  readonly arena: number;
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
  const strides = new Map<string, number>([[OUTPUT, width]]);
  const firstUse = new Map<string, number>();
  const lastUse = new Map<string, number>();
  units.forEach(({ layer, inputs, added, last }, i) => {
    if (layer.type === 'input') return;
    const used = [last.name, ...inputs, ...(added === undefined ? [] : [added])];
    for (const name of used) {
      const { whole } = arrayOf(name);
      if (!firstUse.has(whole)) firstUse.set(whole, i);
      lastUse.set(whole, i);
    }
  });
  const starts = new Map<string, number>();
  let arena = 0;
  const living: { whole: string; start: number; end: number }[] = [];
  units.forEach(({ layer }, i) => {
    if (layer.type === 'input') return;
    for (const [whole, first] of firstUse) {
      if (first !== i || whole === OUTPUT || layers.get(whole)!.type === 'input') continue;
      const shape = layers.get(whole)!.outputShape;
      const channels = shape.at(-1)!;
      const pixels = shape.length === 3 ? shape[0]! * shape[1]! : 1;
      const stride = pixels > 1 && channels % (PAGE / 4) === 0 ? channels + 16 : channels;
      strides.set(whole, stride);
      const size = aligned(pixels * stride);
      let start = 0;
      for (const other of living.sort((a, b) => a.start - b.start)) {
        if (other.start - start >= size) break;
        start = Math.max(start, other.end);
      }
      living.push({ whole, start, end: start + size });
      starts.set(whole, start);
      arena = Math.max(arena, start + size);
    }
    for (let k = living.length - 1; k >= 0; k--) {
      if (lastUse.get(living[k]!.whole)! <= i) living.splice(k, 1);
    }
  });

  function viewOf({ whole, channel }: Part): View {
    if (whole === OUTPUT) return { place: 'output', start: 0, channel, stride: width };
    if (layers.get(whole)!.type === 'input')
      return { place: 'images', start: 0, channel, stride: channelsOf(whole) };
    return { place: 'arena', start: starts.get(whole)!, channel, stride: strides.get(whole)! };
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
    arena,
  };
}

/** The name under which the outputs are a concatenation. */
export const outputs = OUTPUT;
