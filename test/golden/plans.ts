/** The plan of each shipped experiment, without what depends on the machine: where the files lie, whose data are there. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePlan } from '../../src/plan/compile.ts';

const root = join(import.meta.dirname, '..', '..');

/** Names without `.yaml`. */
export const experimentNames: readonly string[] = readdirSync(join(root, 'experiments'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length));

export const goldenNames = (): string[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.plan.json'))
    .map((file) => file.slice(0, -'.plan.json'.length));

export function experimentFile(name: string): string {
  return join(root, 'experiments', `${name}.yaml`);
}

const goldenFile = (name: string): string => join(import.meta.dirname, `${name}.plan.json`);

/** With HVC_DATA unset: the article's photographs are not part of the project. */
export function currentPlan(name: string): unknown {
  const { HVC_DATA: _, ...environment } = process.env;
  const { locations: __, ...plan } = compilePlan(experimentFile(name), { environment }).plan;
  return JSON.parse(JSON.stringify(plan));
}

export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(goldenFile(name), 'utf8'));
}

export function writeGolden(name: string): void {
  writeFileSync(goldenFile(name), `${JSON.stringify(currentPlan(name), null, 2)}\n`);
}
