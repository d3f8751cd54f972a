/** A sweep file beside a tiny experiment, and its plan. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { planSweep, type SweepPlan } from '../../src/sweep/plan/plan.ts';
import { speedOf } from '../../src/sweep/plan/price.ts';
import { folderWith } from '../file/folder.ts';
import { tinyTable, tinyText } from '../plan/tiny.ts';

/** @param axes the rest of the file after name and base */
export function planText(t: TestContext, axes: string, overrides: readonly string[] = []): SweepPlan {
  return planSweep(sweepFile(t, axes), { environment: {}, overrides, speed: speedOf([]) });
}

export function sweepFile(t: TestContext, axes: string): string {
  const folder = folderWith(t, {
    'base/tiny.yaml': tinyText,
    'base/table.csv': tinyTable,
    'sweep.yaml': `name: try\nbase: base/tiny.yaml\n${axes}`,
  });
  return join(folder, 'sweep.yaml');
}

/** `code line:column path: message` of each problem. */
export function problemsOf(t: TestContext, axes: string): string[] {
  try {
    planText(t, axes);
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map(
      ({ code, place, path, message }) => `${code} ${place?.line}:${place?.column} ${path}: ${message}`,
    );
  }
}
