/**
 * The model of a run that came to its end: `model/` in its folder (src/bundle/README.md). A run writes it itself; for one of
 * version 0.1.0, which did not, it is written from its checkpoint when it is first asked for.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { describeModel } from '../bundle/describe.ts';
import type { Proof } from '../bundle/model.ts';
import { proofRows } from '../bundle/proof.ts';
import { type ModelContent, writeModel } from '../bundle/write.ts';
import type { Data } from '../data/dataset.ts';
import type { NetworkFor } from '../plan/networks.ts';
import type { Plan } from '../plan/plan.ts';
import type { Engine, EngineState } from '../train/engine.ts';
import { modelFolder } from './folders.ts';

const WEIGHTS = 'weights/';

/** Weights of a run's state by the names that the network has for them. */
export function networkWeights(state: EngineState): ModelContent['weights'] {
  return new Map(
    [...state].flatMap(([name, tensor]) =>
      name.startsWith(WEIGHTS) ? [[name.slice(WEIGHTS.length), tensor] as const] : [],
    ),
  );
}

export interface TrainedRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly networkFor: NetworkFor;
  readonly data: Data;
  readonly weights: EngineState;
  readonly weightsHash: string;
  readonly proof: Proof;
}

/**
 * @param run folder of the run
 * @returns what the model says of itself
 */
export function writeRunModel(run: string, trained: TrainedRun): ModelContent['description'] {
  const { runId, plan, networkFor, data, weights, weightsHash, proof } = trained;
  const { normalization, digest: dataDigest } = data;
  const majorities = Object.fromEntries(
    data.heads.map(({ name, classes, majority }) => [name, classes[majority]!]),
  );
  const described = { runId, dataDigest, weightsHash, normalization, majorities };
  const description = describeModel(plan, networkFor, described);
  writeModel(modelFolder(run), { description, weights: networkWeights(weights), proof });
  return description;
}

/** Records the program that answers, while what records is loaded; it is of use, and nothing that a run can fail by. */
export async function keepForAnswers(
  model: ModelContent['description'],
  device: Proof['device'],
  note: (message: string) => void,
): Promise<void> {
  const { keepProgram, programsFolder } = await import('../bundle/programs.ts');
  await keepProgram(model, 1, device, programsFolder()).catch((error: unknown) => note(String(error)));
}

/**
 * What the run itself answers to some validation images, as its evaluation computes it.
 * @param engine with the weights that training ended with; its optimizer starts anew
 */
export function proveByRun(plan: Plan, data: Data, engine: Engine, device: Proof['device']): Proof {
  const { stages } = plan.settings;
  const stage = stages.at(-1)!;
  // Makes the last stage current where all of them lay behind, and averages of weights those weights.
  engine.beginStage(stage, stages.length - 1);
  const rows = proofRows(data.split.validation);
  const probabilities = new Map<string, number[]>(data.heads.map(({ name }) => [name, []]));
  for (let first = 0; first < rows.length; first += stage.batchSize) {
    const answers = engine.evaluate(rows.subarray(first, first + stage.batchSize));
    for (const [name, values] of probabilities) values.push(...answers[name]!);
  }
  return {
    by: 'run',
    device,
    images: Array.from(rows, (row) => data.imagePaths[row]!),
    pixels_NSS3: cachedImages(data, rows),
    probabilities_NK: new Map([...probabilities].map(([name, values]) => [name, Float32Array.from(values)])),
  };
}

function cachedImages({ images: { file, size }, imageOf }: Data, rows: Int32Array): Uint8Array {
  const bytes = size * size * 3;
  const pixels = new Uint8Array(rows.length * bytes);
  const descriptor = openSync(file, 'r');
  try {
    rows.forEach((row, i) => {
      readSync(descriptor, pixels, i * bytes, bytes, imageOf[row]! * bytes);
    });
  } finally {
    closeSync(descriptor);
  }
  return pixels;
}
