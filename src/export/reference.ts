/** What exports are compared with, and what the run around a model says: its figures, and where exports go. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Model, ModelDescription } from '../bundle/model.ts';
import { readResult } from '../run/folders.ts';
import { type CardFigures, figuresOfResult } from './figures.ts';

/**
 * The model in float32, as exports compute it. One that was trained in 16 bits has kept answers of those, which it cannot
 * be held to then.
 */
export function inFloat32(model: Model, note: (message: string) => void): Model {
  const { precision, proof } = model.description;
  if (precision === 'float32' && proof?.device !== 'gpu') return model;
  if (precision !== 'float32')
    note(
      `The model was trained in ${precision}; exports compute in float32 and are compared with the model in float32.`,
    );
  return {
    ...model,
    description: { ...model.description, precision: 'float32', proof: null },
  };
}

export interface ModelPlace {
  /** Folder of exports where none is named. */
  readonly output: string;
  /** Null where the run is not at hand. */
  readonly figures: CardFigures | null;
}

/** @param folder of the model @param runs folder of the runs */
export function placeOf(folder: string, description: ModelDescription, runs: string): ModelPlace {
  const { id } = description.run;
  const run = [dirname(folder), join(runs, id)].find(
    (one) => basename(one) === id && existsSync(join(one, 'result.json')),
  );
  const result = run === undefined ? undefined : readResult(run);
  return {
    // Beside the folder of a model, the run's folder as a rule; what is in the model's own folder is the model alone.
    output: join(run ?? dirname(folder), 'export'),
    figures: result?.runId === id ? figuresOfResult(result, description) : null,
  };
}
