/** What the package says of its types holds for what it gives: the compiler reads this file, nothing runs it. */
import type * as promised from '../src/index.mjs';
import type * as real from '../src/index.ts';

/** An error of the compiler, where a value of the second type may not be had as one of the first. */
type Keeps<Promised, _Real extends Promised> = true;

export type Kept = [
  Keeps<typeof promised.loadModel, typeof real.loadModel>,
  Keeps<typeof promised.compilePlan, typeof real.compilePlan>,
  Keeps<typeof promised.runExperiment, typeof real.runExperiment>,
  Keeps<promised.ExperimentError, real.ExperimentError>,
  Keeps<promised.RunError, real.RunError>,
];
