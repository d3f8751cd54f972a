/** From the options of `run sweep` to what runs its jobs. In: options. Out: a launcher, made once the sweep has a folder. */
import { ExperimentError } from '../../errors.ts';
import type { FrozenSweep } from '../ledger/freeze.ts';
import { readSweep, readTrials } from '../ledger/ledger.ts';
import { strategyOf } from '../search/strategies.ts';
import type { Launcher } from './launcher.ts';

export interface LauncherOptions {
  readonly launcher?: 'local' | 'bullmq' | 'slurm';
  readonly parallel?: number;
  readonly perGpu?: number;
  readonly sbatch?: string;
  readonly queue?: string;
}

export interface ChosenLauncher {
  readonly launcher: Launcher;
  /** Trials at a time, at most. */
  readonly parallel: number;
}

/**
 * @param say told what happens to the connection of a queue, and why jobs wait
 * @returns makes the launcher of a sweep, by its folder
 * @throws ExperimentError for options that do not go together, RunError where there is no cluster or queue that would take a job
 */
export async function chooseLauncher(
  options: LauncherOptions,
  say: (message: string) => void,
): Promise<(sweepFolder: string) => ChosenLauncher> {
  const { launcher = 'local', parallel, perGpu, sbatch, queue } = options;
  if (sbatch !== undefined && launcher !== 'slurm')
    throw unfit('--sbatch', 'is for --launcher slurm alone', 'Add --launcher slurm.');
  if (queue !== undefined && launcher !== 'bullmq')
    throw unfit('--queue', 'is for --launcher bullmq alone', 'Add --launcher bullmq.');
  if (launcher === 'local') {
    const { createLocalLauncher } = await import('./local/local-launcher.ts');
    const { slotsOf, thisMachine } = await import('./slots.ts');
    return (folder) => {
      const trialBytes = Math.max(...readTrials(folder).map(({ peakMemoryBytes }) => peakMemoryBytes));
      const slots = slotsOf(thisMachine(), { parallel, perGpu, trialBytes });
      return { launcher: createLocalLauncher(folder, slots), parallel: slots.length };
    };
  }
  if (launcher === 'bullmq') {
    const hint = 'Each worker says it for its machine: run worker --per-gpu 2.';
    if (perGpu !== undefined) throw unfit('--per-gpu', 'is not for --launcher bullmq', hint);
    const { openQueue } = await import('./bullmq/bullmq-launcher.ts');
    const open = await openQueue(queue, say);
    return (folder) => {
      const atATime = inQueue(folder, '--launcher bullmq', parallel);
      return { launcher: open(folder, atATime), parallel: atATime };
    };
  }

  const gpus =
    'Slurm gives each job its GPUs: --sbatch "--gres=gpu:1", or "--gres=shard:1" for a part of one.';
  if (perGpu !== undefined) throw unfit('--per-gpu', 'is not for --launcher slurm', gpus);
  const { sbatchWords } = await import('./slurm/options.ts');
  const { checkOptions, checkSlurm } = await import('./slurm/client.ts');
  const { createSlurmLauncher } = await import('./slurm/slurm-launcher.ts');
  const words = sbatchWords(sbatch ?? '');
  await checkSlurm();
  await checkOptions(words);
  return (folder) => {
    const sweep = readSweep(folder);
    const atATime = inQueue(folder, '--launcher slurm', parallel);
    const capacity = limitOf(sweep) === undefined ? sweep.trials : atATime;
    const more = { words, throttle: parallel, capacity, environment: process.env, say };
    return { launcher: createSlurmLauncher(folder, more), parallel: atATime };
  };
}

/** How many trials a queue has at a time. */
function inQueue(folder: string, name: string, parallel: number | undefined): number {
  const sweep = readSweep(folder);
  const limit = limitOf(sweep);
  if (limit !== undefined && parallel === undefined) {
    const hint = 'Say with --parallel how many trials the queue may have at a time.';
    throw unfit(name, `would submit all trials at once, ${limit}`, hint);
  }
  return Math.min(parallel ?? sweep.trials, sweep.trials);
}

/** @returns why the queue may not have all trials at once; undefined where it may */
function limitOf({ budget, strategy }: FrozenSweep): string | undefined {
  if (strategyOf(strategy).choosing !== null)
    return `and the strategy ${strategy.name} chooses trials from the results of others`;
  const isLimited = budget.epochs !== null || budget.hours !== null;
  return isLimited ? 'whatever budget says' : undefined;
}

function unfit(path: string, message: string, hint: string): ExperimentError {
  return new ExperimentError([{ code: 'badArgument', path, message, hint }]);
}
