/**
 * Rungs in the ledger: what a killed driver, or another one, knows of trials that stop and go on. In a trial's folder:
 *
 *   rung-<epochs>.json       the trial came so far: the sweep's metric there, written by the trial's own process
 *   promoted-<epochs>.json   it goes on from there, written by the driver before it asks for that
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../machine/whole.mjs';
import type { EpochReport } from '../../train/events.ts';
import { readHistory } from '../../train/history.ts';
import { type Metric, metricOf } from '../search/metric.ts';
import type { Standing } from '../search/strategy.ts';
import type { TrialResult } from './ledger.ts';

/** `rung-<epochs>.json`. */
export interface RungRecord {
  /** Epochs of the trial, over all stages. */
  readonly epochs: number;
  /** The sweep's metric after this epoch; null where it is not a number. */
  readonly metric: number | null;
}

/** `promoted-<epochs>.json`. */
export interface PromotionRecord {
  /** Epochs where it stood. */
  readonly from: number;
  /** Epochs where it stops next; null for its end. */
  readonly to: number | null;
}

/** @param folder of the trial */
export function hasRung(folder: string, epochs: number): boolean {
  return existsSync(join(folder, rungName(epochs)));
}

/**
 * @param folder of the trial
 * @param run folder of its newest attempt, whose history reaches this rung
 */
export function writeRung(folder: string, run: string, epochs: number, metric: Metric): void {
  const figure = figureAt(readHistory(run), epochs, metric);
  if (figure === undefined) throw new Error(`no epoch ${epochs} in the history of ${run}`);
  const record: RungRecord = { epochs, metric: Number.isNaN(figure) ? null : figure };
  writeWhole(join(folder, rungName(epochs)), record);
}

/** @param folder of the trial */
export function writePromotion(folder: string, record: PromotionRecord): void {
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, promotionName(record.from)), record);
}

/**
 * @param folder of the trial
 * @param runs folder of the runs
 * @param result of a trial that has ended: it stands at every rung, with its final figure at those that it ended before
 */
export function readStanding(
  folder: string,
  {
    runs,
    rungs,
    metric,
    result,
  }: { runs: string; rungs: readonly number[]; metric: Metric; result: TrialResult | undefined },
): Standing {
  if (result !== undefined) {
    const history = readHistory(join(runs, result.directory));
    const figures = rungs.map((epochs) => figureAt(history, epochs, metric) ?? result.metric);
    return { figures, promotions: rungs.length };
  }
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const figures: number[] = [];
  let promotions = 0;
  for (const epochs of rungs) {
    if (!names.has(rungName(epochs))) break;
    const record = JSON.parse(readFileSync(join(folder, rungName(epochs)), 'utf8')) as RungRecord;
    figures.push(record.metric ?? Number.NaN);
    if (!names.has(promotionName(epochs))) break;
    promotions++;
  }
  return { figures, promotions };
}

function figureAt(history: readonly EpochReport[], epochs: number, metric: Metric): number | undefined {
  const report = history.find(({ runEpoch }) => runEpoch === epochs);
  return report === undefined ? undefined : metricOf(metric, report.validation);
}

const rungName = (epochs: number): string => `rung-${epochs}.json`;
const promotionName = (epochs: number): string => `promoted-${epochs}.json`;
