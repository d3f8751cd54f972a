/** The values that training starts from: those of the experiment's file where it names one, drawn from the seed elsewhere. */
import { RunError } from '../../errors.ts';
import { initialWeights } from '../../network/initializers.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan } from '../../plan/plan.ts';
import { matchWeights } from '../../weights/match.ts';
import { readWeightsFile } from '../../weights/read.ts';
import { valuesOf } from '../../weights/values.ts';

/**
 * @returns values of every weight of the network, by name
 * @throws RunError where the file has changed since the plan was made
 */
export function startingWeights(plan: Plan, networkFor: NetworkFor): Map<string, Float32Array> {
  const { seed, stages, weights } = plan.settings;
  const network = networkFor(stages[0]!);
  const values = initialWeights(network, seed);
  if (weights === null) return values;
  const file = plan.locations.weights!;
  const content = readWeightsFile(file);
  if (content.digest !== weights.digest) {
    throw new RunError(`expected ${file} as it was when the plan was made, found it changed`, {
      hint: 'Start again.',
    });
  }
  for (const [name, tensor] of matchWeights(network, content, weights.parts).matched)
    values.set(name, valuesOf(tensor));
  return values;
}
