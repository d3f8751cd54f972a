/** Folders of finished runs in which one file is damaged, and all that reads them: list, compare, `--resume`, prediction. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeModel } from '../../src/bundle/describe.ts';
import { readModel } from '../../src/bundle/read.ts';
import { writeModel } from '../../src/bundle/write.ts';
import { importanceOf } from '../../src/compare/importance.ts';
import { rowsOf, verdictOf } from '../../src/compare/rows.ts';
import { comparisonTable } from '../../src/compare/table.ts';
import { readCompared } from '../../src/compare/trials.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { runsTable } from '../../src/report/tables/runs-table.ts';
import { listRuns, modelFolder, readPlan } from '../../src/run/folders.ts';
import { recentResults } from '../../src/sweep/ledger/known.ts';
import { speedOf } from '../../src/sweep/plan/price.ts';
import { readBest, readCheckpoint } from '../../src/train/checkpoint.ts';
import type { Case } from './cases.ts';
import { type Draw, mutatedBytes, mutatedJson } from './draw.ts';

const FINISHED = '20261130-142546-old-b3564c';
const fixtures = join(import.meta.dirname, '../run/fixtures/old-runs/runs');
const style = { terminal: false };

/** @param experiment whose network the model is of */
export function createRunCases(folder: string, experiment: string): (draw: Draw) => Case {
  const runs = join(folder, 'runs');
  const run = join(runs, FINISHED);
  cpSync(join(fixtures, FINISHED), run, { recursive: true });
  makeModel(run, experiment);
  const plan = readPlan(run);
  const reads: Readonly<Record<string, () => void>> = {
    'run.json': () => {
      runsTable(listRuns(runs), style);
      compare(runs);
    },
    'result.json': () => {
      compare(runs);
      speedOf(recentResults(runs));
    },
    'history.jsonl': () => compare(runs),
    'plan.json': () => {
      compare(runs);
      readCheckpoint(run, readPlan(run));
    },
    'checkpoint/last.safetensors': () => void readCheckpoint(run, plan),
    'checkpoint/best.safetensors': () => void readBest(run, plan.settings.stages.at(-1)!.name),
    'model/model.json': () => void readModel(modelFolder(run)),
    'model/weights.safetensors': () => void readModel(modelFolder(run)),
  };
  const files = Object.keys(reads);
  const whole = new Map(files.map((name) => [name, readFileSync(join(run, name))]));
  return (draw) => {
    const name = draw.of(files);
    const before = whole.get(name)!;
    const after = damagedFile(name, before, draw);
    return {
      kind: 'run',
      input: `${name}\n${after.toString('latin1')}`,
      read() {
        writeFileSync(join(run, name), after);
        try {
          reads[name]!();
        } finally {
          writeFileSync(join(run, name), before);
        }
        return undefined;
      },
    };
  };
}

function damagedFile(name: string, before: Buffer, draw: Draw): Buffer {
  if (name.endsWith('.safetensors') || draw.below(3) === 0) return mutatedBytes(before, draw);
  const text = before.toString();
  if (name.endsWith('.json')) return Buffer.from(mutatedJson(text, draw));
  const lines = text.trimEnd().split('\n');
  const at = draw.below(lines.length);
  return Buffer.from(`${lines.with(at, mutatedJson(lines[at]!, draw)).join('\n')}\n`);
}

function compare(runs: string): void {
  const compared = readCompared(runs, [FINISHED]);
  const rows = rowsOf(compared);
  const verdict = verdictOf(rows, compared.repetition);
  comparisonTable({ compared, rows, verdict, importance: importanceOf(compared.axes, rows) }, true, style);
}

function makeModel(run: string, experiment: string): void {
  const { plan, networkFor } = compilePlan(experiment, { environment: {} });
  const described = {
    runId: basename(run),
    dataDigest: null,
    weightsHash: '0'.repeat(64),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] } as const,
    majorities: null,
  };
  const description = describeModel(plan, networkFor, described);
  const weights = new Map(
    description.network.layers.flatMap((layer) =>
      layer.weights.map(({ name, shape }) => {
        const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
        return [name, { shape, values }] as const;
      }),
    ),
  );
  writeModel(modelFolder(run), { description, weights, proof: null });
}
