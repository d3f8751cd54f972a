/**
 * Plans sweeps of 100,000 trials, as `run sweep --dry-run --json` does, each in a process of its own. Prints processor time
 * and memory of the whole process, for each shape of axes (sweep-shapes.ts), and fails where one is over the limits.
 *
 *   node --import tsx test/bench/plan-sweep.ts [shape …]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonChunks } from '../../src/commands/json-text.ts';
import { previewSweep } from '../../src/sweep/drive/preview.ts';
import { planSweep } from '../../src/sweep/plan/plan.ts';
import { speedOf } from '../../src/sweep/plan/price.ts';
import { fileHere, peakMemory, runOurs, tell } from './process.ts';
import { type SweepShapeName, sweepShapes } from './sweep-shapes.ts';

/** What planning may take, with the start of the process. */
const MOST_CPU_SECONDS = 8;
const MOST_BYTES = 500e6;

const given = process.argv.slice(2);
if (given[0]?.startsWith('"')) measure(JSON.parse(given[0]) as SweepShapeName);
else await measureAll(given);

async function measureAll(names: readonly string[]): Promise<void> {
  for (const name of names.length === 0 ? Object.keys(sweepShapes) : names) {
    const { figures, peakBytes } = await runOurs('plan-sweep.ts', name);
    const { cpuSeconds = 0, trials = 0, planSeconds = 0, jsonBytes = 0 } = figures;
    const isMet = cpuSeconds <= MOST_CPU_SECONDS && peakBytes <= MOST_BYTES;
    if (!isMet) process.exitCode = 1;
    console.log(
      JSON.stringify({ shape: name, trials, cpuSeconds, planSeconds, peakBytes, jsonBytes, isMet }),
    );
  }
}

function measure(name: SweepShapeName): void {
  const { base, text } = sweepShapes[name];
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
  const file = join(folder, 'sweep.yaml');
  writeFileSync(file, `name: bench\nbase: ${fileHere(`../../experiments/${base}`)}\n${text}`);
  const started = performance.now();
  const plan = planSweep(file, { speed: speedOf([]) });
  const planSeconds = (performance.now() - started) / 1000;
  let jsonBytes = 0;
  for (const chunk of jsonChunks(previewSweep(plan, folder))) jsonBytes += Buffer.byteLength(chunk);
  rmSync(folder, { recursive: true });
  const { user, system } = process.cpuUsage();
  tell({
    peakBytes: peakMemory(),
    figures: { trials: plan.trials.length, planSeconds, jsonBytes, cpuSeconds: (user + system) / 1e6 },
  });
}
