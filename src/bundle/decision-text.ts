/** A model's decisions in words, for whoever is given answers that they changed. */
import type { ModelDescription } from './model.ts';

/** @returns a sentence without a full stop for each head whose decisions are not neutral */
export function decisionLines({ heads, decisions }: Pick<ModelDescription, 'heads' | 'decisions'>): string[] {
  return heads.flatMap(({ name }) => {
    const { temperature, thresholds, unknownBelow } = decisions[name]!;
    const parts = [
      ...(temperature === 1 ? [] : [`temperature ${short(temperature)}`]),
      ...Object.entries(thresholds).map(([answer, least]) => `${answer} from ${short(least)} on`),
      ...(unknownBelow === null ? [] : [`"don't know" below ${short(unknownBelow)}`]),
    ];
    return parts.length === 0 ? [] : [`${name}: ${parts.join(', ')}`];
  });
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
