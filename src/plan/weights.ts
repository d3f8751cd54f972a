/** The weights to start from: the file against the network, before anything costs time. */
import { existsSync } from 'node:fs';
import { displayPath } from '../file/load.ts';
import type { Path } from '../file/path.ts';
import type { Reporter } from '../file/reporter.ts';
import type { Network, WeightSpec } from '../model/network.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { type MatchedWeights, matchWeights } from '../weights/match.ts';
import { readWeightsFile } from '../weights/read.ts';
import { type WeightsFile, WeightsFileError } from '../weights/tensor.ts';
import { valuesOf } from '../weights/values.ts';
import type { WeightsFigures, WeightsPlan } from './plan.ts';

/** Names that a message lists before it counts the rest. */
const LISTED = 6;

/** What compiling has read of a file, which many experiments may start from. */
export interface WeightsSource {
  readonly file: string;
  readonly content: WeightsFile;
}

/**
 * Reads the file that the experiment names.
 * @param file absolute, null where the experiment names none
 * @returns null where there is none, or none that can be read, which is reported
 */
export function openWeights(file: string | null, report: Reporter): WeightsSource | null {
  if (file === null) return null;
  const path: Path = ['model', 'weights', 'file'];
  if (!existsSync(file)) {
    report(
      'fileNotFound',
      path,
      `there is no file ${displayPath(file)}`,
      'A path in a file is relative to that file, one in an argument to the current folder.',
    );
    return null;
  }
  try {
    return { file, content: readWeightsFile(file) };
  } catch (error) {
    if (!(error instanceof WeightsFileError)) throw error;
    report('badWeights', path, `expected weights in ${displayPath(file)}, but ${error.message}`, error.hint);
    return null;
  }
}

/** What the result depends on. */
export function weightsPlan(
  { weights }: ResolvedExperiment['model'],
  source: WeightsSource | null,
): WeightsPlan | null {
  if (weights === null || source === null) return null;
  return { digest: source.content.digest, parts: weights.parts, onMissing: weights.onMissing };
}

/** Compares file and network, and reports what does not fit. */
export function checkWeights(
  plan: WeightsPlan,
  { file, content }: WeightsSource,
  network: Network,
  report: Reporter,
): WeightsFigures {
  const match = matchWeights(network, content, plan.parts);
  const name = displayPath(file);
  const path: Path = ['model', 'weights', 'file'];
  const parts = plan.parts.join(', ');
  if (match.differing.length > 0) {
    const list = match.differing.map(
      ({ weight, found }) => `${weight.name} [${weight.shape.join(', ')}], found [${found.join(', ')}]`,
    );
    report(
      'badWeights',
      path,
      `expected the shapes of this network in ${name}, found ${match.differing.length} that differ: ${list.join('; ')}`,
      'Describe the network that the file is of, or leave its part out of model.weights.parts.',
    );
  }
  if (match.missing.length > 0 && plan.onMissing === 'stop') {
    const all = match.matched.size + match.differing.length + match.missing.length;
    report(
      'badWeights',
      path,
      `expected all ${all} weights of ${parts} in ${name} (${content.format}), found ${all - match.missing.length}; ` +
        `it lacks ${match.missing.map((weight) => weight.name).join(', ')}; not used of it: ${listed(match.unused)}`,
      'Name the parts that it has in model.weights.parts, or write onMissing: initialize to start the others anew.',
    );
  } else if (match.matched.size === 0 && match.differing.length === 0) {
    report(
      'badWeights',
      path,
      `expected weights of ${parts} in ${name} (${content.format}), found none by their names, but ${listed(match.unused)}`,
      'It is of another network, or names its layers otherwise.',
    );
  }
  for (const fault of faultsOf(match)) {
    report(
      'badWeights',
      path,
      `expected values for this network in ${name}, but ${fault}`,
      'The file is damaged, or was written by a training that failed: save it again.',
    );
  }
  return figuresOf(match, network, content, file);
}

/** What is wrong with values, each read once: a plan that is made says that its run can begin. */
function faultsOf({ matched }: MatchedWeights): string[] {
  return [...matched.values()].flatMap((tensor) => {
    try {
      valuesOf(tensor);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

function figuresOf(
  { matched, unused }: MatchedWeights,
  network: Network,
  { format, digest }: WeightsFile,
  file: string,
): WeightsFigures {
  const all = network.layers.flatMap((layer) => layer.weights);
  const isMatched = ({ name }: WeightSpec): boolean => matched.has(name);
  return {
    file: displayPath(file),
    format,
    digest,
    matched: all.filter(isMatched).length,
    matchedParameters: all
      .filter(isMatched)
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    initialized: all.filter((weight) => !isMatched(weight)).map(({ name }) => name),
    unused,
  };
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing else';
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
