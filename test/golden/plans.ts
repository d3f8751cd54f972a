/** The plan of each shipped experiment, without what depends on the machine: where the files lie, whose data are there. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePlan } from '../../src/plan/compile.ts';

const root = join(import.meta.dirname, '..', '..');

const folders: readonly string[] = ['', 'improvements/'];

/** Files of this ending, without it, by their path from `from`. */
const namesIn = (from: string, ending: string): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(from, folder))
      .filter((file) => file.endsWith(ending))
      .map((file) => folder + file.slice(0, -ending.length)),
  );

/** Names without `.yaml`, as `quickstart` and `improvements/base`. */
export const experimentNames: readonly string[] = namesIn(join(root, 'experiments'), '.yaml');

export const goldenNames = (): string[] => namesIn(import.meta.dirname, '.plan.json');

export function experimentFile(name: string): string {
  return join(root, 'experiments', `${name}.yaml`);
}

const goldenFile = (name: string): string => join(import.meta.dirname, `${name}.plan.json`);

/** With HVC_DATA and CLOTHING unset: neither the article's photographs nor all those of clothing are part of the project. */
export function currentPlan(name: string): unknown {
  const { HVC_DATA: _, CLOTHING: ___, ...environment } = process.env;
  const { locations: __, ...plan } = compilePlan(experimentFile(name), { environment }).plan;
  const warnings = plan.warnings.map(({ code, path }) => `${code} ${path}`);
  return JSON.parse(JSON.stringify({ ...plan, warnings }));
}

export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(goldenFile(name), 'utf8'));
}

export function writeGolden(name: string): void {
  writeFileSync(goldenFile(name), `${JSON.stringify(currentPlan(name), null, 2)}\n`);
}
