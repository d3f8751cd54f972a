/** What a model's decisions are, in words: one line for each head whose answers they change. */

interface ShownDecision {
  readonly temperature: number;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly unknownBelow: number | null;
}

/** @returns nothing for heads that answer as they were trained */
export function decisionLines(decisions: Readonly<Record<string, ShownDecision>>): string[] {
  return Object.entries(decisions).flatMap(([head, { temperature, thresholds, unknownBelow }]) => {
    const parts = [
      ...(temperature === 1 ? [] : [`temperature ${digits(temperature)}`]),
      ...Object.entries(thresholds).map(([name, threshold]) => `${name} from ${digits(threshold)}`),
      ...(unknownBelow === null ? [] : [`don't know below ${digits(unknownBelow)}`]),
    ];
    return parts.length === 0 ? [] : [`${head}: ${parts.join(', ')}`];
  });
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
