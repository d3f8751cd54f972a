/** A network and a file of weights: which of its weights the file has, which it lacks, and what nobody asked for. */
import type { Network, WeightSpec } from '../model/network.ts';
import type { Part } from '../model/settings.ts';
import type { FileTensor, WeightsFile } from './tensor.ts';

export interface MatchedWeights {
  /** Weights of the network whose values the file gives, by name. */
  readonly matched: ReadonlyMap<string, FileTensor>;
  /** Weights of these parts that the file lacks. */
  readonly missing: readonly WeightSpec[];
  /** Weights of these parts that have another shape in the file. */
  readonly differing: readonly { readonly weight: WeightSpec; readonly found: readonly number[] }[];
  /** Names in the file that are of no use: of other parts, or of no weight of the network. */
  readonly unused: readonly string[];
}

/** @param parts whose weights come from the file */
export function matchWeights(
  network: Network,
  { tensors }: WeightsFile,
  parts: readonly Part[],
): MatchedWeights {
  const weights = network.layers.flatMap((layer) => layer.weights);
  const names = new Set(weights.map(({ name }) => name));
  const byTarget = new Map<string, FileTensor>();
  for (const tensor of tensors) {
    const target = tensor.targets.find((name) => names.has(name));
    if (target !== undefined) byTarget.set(target, tensor);
  }
  const wanted = weights.filter(({ part }) => parts.includes(part));
  const isFound = ({ name }: WeightSpec): boolean => byTarget.has(name);
  const isSame = ({ name, shape }: WeightSpec): boolean => byTarget.get(name)!.shape.join() === shape.join();
  const found = wanted.filter(isFound);
  const matched = new Map(found.filter(isSame).map(({ name }) => [name, byTarget.get(name)!]));
  const used = new Set(matched.values());
  return {
    matched,
    missing: wanted.filter((weight) => !isFound(weight)),
    differing: found
      .filter((weight) => !isSame(weight))
      .map((weight) => ({ weight, found: byTarget.get(weight.name)!.shape })),
    unused: tensors.filter((tensor) => !used.has(tensor)).map(({ name }) => name),
  };
}
