/** What shift and shear share: a largest change along each side, and a probability for both. */
import type { Checked } from '../../augmentation.ts';

export interface SidesPlan {
  readonly x: number;
  readonly y: number;
  readonly probability: number;
}

export const ofSides = {
  planOf: (written: SidesPlan): SidesPlan => written,
  strengthOf: ({ x, y, probability }: SidesPlan): number => probability * (x + y),
  scale: ({ x, y, probability }: SidesPlan, strength: number): SidesPlan => ({
    x: strength * x,
    y: strength * y,
    probability,
  }),
};

/** Reports a probability of a change that is none. @param unit of x and y */
export function checkSides(
  { x, y }: SidesPlan,
  name: 'shift' | 'shear',
  unit: string,
  { path, written, report }: Checked,
): void {
  const at = [...path, 'probability'];
  if (x > 0 || y > 0 || !written(at)) return;
  report.key(
    'conflict',
    at,
    `a probability has no effect where x and y of ${name} are 0`,
    `Give x or y as ${unit}, or remove it.`,
  );
}
