/** What a file of weights gives to a network, in a few lines for the plan and for a run's beginning. */
import type { ModelFigures } from '../../plan/plan.ts';
import { formatCount } from '../text/format.ts';

/** Names that a line lists before it counts the rest, which stand in the plan as JSON. */
const LISTED = 6;

/** What comes from a file of weights, what does not, and what of the file is left. */
export function weightsLines({ weights }: Pick<ModelFigures, 'weights'>): string[] {
  if (weights === null) return [];
  const { file, format, matched, matchedParameters, initialized, unused } = weights;
  const all = matched + initialized.length;
  return [
    `weights from ${file} (${format}): ${formatCount(matched)} of ${formatCount(all)}, ${formatCount(matchedParameters)} parameters`,
    ...(initialized.length > 0 ? [`drawn from the seed: ${listed(initialized)}`] : []),
    ...(unused.length > 0 ? [`in that file and not used: ${listed(unused)}`] : []),
  ];
}

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${formatCount(rest)} more` : '');
}
