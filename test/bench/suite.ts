/** What every part of the benchmark is given. */
import type { Progress } from '../../src/setup/progress.ts';

export interface Suite {
  /** One round and few steps: to see that everything runs. Its figures are not kept. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Names of what is to be measured; empty for all. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
  readonly progress: Progress;
}
