/** A plan for each augmentation, made from its part of the schema, so that tests of all of them know the new ones too. */
import { type AugmentationPlan, augmentationOf } from '../../src/augmentation/plan.ts';
import type { AugmentationName } from '../../src/augmentation/table.ts';
import { fillDefaults } from '../../src/schema/defaults.ts';
import type { ResolvedExperiment } from '../../src/schema/experiment.ts';
import { resolveRef, type Schema } from '../../src/schema/refs.ts';
import { experimentSchema } from '../../src/schema/schema.ts';

const schema = experimentSchema().definitions!.augmentation!;

/** A number in the middle of its range; a map by its defaults, its numbers that are 0 by themselves in the middle. */
function exampleOf(part: Schema): unknown {
  const { anyOf, type, properties = {}, maximum, exclusiveMaximum } = resolveRef(part);
  const branch = anyOf?.find((one) => one.type !== 'null');
  if (branch !== undefined) return exampleOf(branch);
  if (type === 'number') return (maximum ?? exclusiveMaximum ?? 1) / 2;
  const idle = Object.entries(properties).filter(
    ([, value]) => value.default === 0 && (value.maximum ?? value.exclusiveMaximum) !== undefined,
  );
  return {
    ...Object.fromEntries(idle.map(([key, value]) => [key, exampleOf(value)])),
    ...('probability' in properties ? { probability: 1 } : {}),
  };
}

/** The plan of a file that asks for these and nothing else. */
export function planWith(names: readonly AugmentationName[]): AugmentationPlan {
  const written = Object.fromEntries(names.map((name) => [name, exampleOf(schema.properties![name]!)]));
  return augmentationOf(fillDefaults(schema, written).value as ResolvedExperiment['augmentation']);
}
