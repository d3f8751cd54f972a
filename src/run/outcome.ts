/** What a run comes to, and what it took. */
import { epochFlops } from '../plan/figures.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageResult } from '../train/position.ts';
import type { Metrics } from '../train/score/metrics.ts';
import type { StageCost } from './folders.ts';
import type { RunStatus } from './record.ts';

/** What `run FILE --json` prints. */
export interface RunOutcome {
  readonly runId: string;
  readonly directory: string;
  readonly status: RunStatus;
  readonly stages: readonly StageResult[];
  /** Epochs that were trained, those before a restart among them. */
  readonly epochs: number;
  readonly timeToFirstStepSeconds: number | null;
  readonly peakMemoryBytes: number;
  readonly metrics: Metrics | null;
  readonly weightsHash: string | null;
}

/** What each stage took that was trained here, where the operations of its epochs are known. */
export function costsOf(plan: Plan, stages: readonly StageResult[]): StageCost[] {
  return stages.flatMap(({ epochs, seconds, carriedFrom }, i) => {
    const { flopsPerStep } = plan.stages[i]!;
    const flops = epochFlops(plan.stages[i]!, plan.dataset);
    return flops === null || carriedFrom !== undefined
      ? []
      : [{ flopsPerStep, flops: flops * epochs, seconds }];
  });
}

/** Most memory that this process has held so far, bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
