/** Pictures of a run for MLflow and the run's folder: numbers in, PNG out, at least 640 pixels wide. */
import type { EpochReport } from '../../train/events.ts';
import type { Confusion } from '../../train/score/confusion.ts';
import { confusionSpec } from './confusion-plot.ts';
import { coverageSpec, type DrawnCurve } from './coverage-plot.ts';
import { headSpec, lossSpec } from './curve-plots.ts';
import { drawPng } from './draw.ts';
import { type DrawnBin, reliabilitySpec } from './reliability-plot.ts';

/**
 * A head's confusion matrix: the count in each cell, shaded by its share of the label's rows.
 * @param classes names, in the order of the matrix
 * @param confusion of its classes; of many, those that are taken wrongly most often are drawn
 */
export async function confusionPicture(
  head: string,
  classes: readonly string[],
  confusion: Confusion,
): Promise<Buffer> {
  return drawPng(confusionSpec(head, classes, confusion));
}

/** Loss of training and validation over the epochs of the run, the stages apart, the learning rate beneath. */
export async function curvesPicture(history: readonly EpochReport[]): Promise<Buffer> {
  return drawPng(lossSpec(history));
}

/** Accuracy, balanced accuracy and the majority baseline of one head over the epochs of the run. */
export async function headCurvesPicture(head: string, history: readonly EpochReport[]): Promise<Buffer> {
  return drawPng(headSpec(head, history));
}

/** How often a head is right where it says how sure it is. */
export async function reliabilityPicture(
  head: string,
  bins: readonly DrawnBin[],
  calibrationError: number | null,
): Promise<Buffer> {
  return drawPng(reliabilitySpec(head, bins, calibrationError));
}

/** How many answers of a head are wrong if only the surest are given. */
export async function coveragePicture(head: string, curve: DrawnCurve): Promise<Buffer> {
  return drawPng(coverageSpec(head, curve));
}
