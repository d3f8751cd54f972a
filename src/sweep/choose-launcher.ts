/** From the options of `run sweep` to what runs its jobs. In: options. Out: a launcher, made once the sweep has a folder. */
import { ExperimentError } from '../errors.ts';
import type { Launcher } from './launcher.ts';
import { readSweep, readTrials } from './ledger.ts';

export interface LauncherOptions {
  readonly launcher?: 'local' | 'slurm';
  readonly parallel?: number;
  readonly perGpu?: number;
  readonly sbatch?: string;
}

export interface ChosenLauncher {
  readonly launcher: Launcher;
  /** Trials at a time, at most. */
  readonly parallel: number;
}

/**
 * @returns makes the launcher of a sweep, by its folder
 * @throws ExperimentError for options that do not go together, RunError where there is no cluster that would take a job
 */
export async function chooseLauncher(
  options: LauncherOptions,
): Promise<(sweepFolder: string) => ChosenLauncher> {
  const { launcher = 'local', parallel, perGpu, sbatch } = options;
  if (launcher !== 'slurm') {
    if (sbatch !== undefined)
      throw unfit('--sbatch', 'is for --launcher slurm alone', 'Add --launcher slurm.');
    const { createLocalLauncher } = await import('./local.ts');
    const { slotsOf, thisMachine } = await import('./slots.ts');
    return (folder) => {
      const trialBytes = Math.max(...readTrials(folder).map(({ peakMemoryBytes }) => peakMemoryBytes));
      const slots = slotsOf(thisMachine(), { parallel, perGpu, trialBytes });
      return { launcher: createLocalLauncher(folder, slots), parallel: slots.length };
    };
  }

  const gpus =
    'Slurm gives each job its GPUs: --sbatch "--gres=gpu:1", or "--gres=shard:1" for a part of one.';
  if (perGpu !== undefined) throw unfit('--per-gpu', 'is not for --launcher slurm', gpus);
  const { sbatchWords } = await import('./slurm-options.ts');
  const { checkOptions, checkSlurm } = await import('./slurm-client.ts');
  const { createSlurmLauncher } = await import('./slurm.ts');
  const words = sbatchWords(sbatch ?? '');
  await checkSlurm();
  await checkOptions(words);
  return (folder) => {
    const { budget, trials } = readSweep(folder);
    const isLimited = budget.epochs !== null || budget.hours !== null;
    if (isLimited && parallel === undefined) {
      const hint = 'Say with --parallel how many trials the queue may have at a time.';
      throw unfit('--launcher slurm', 'would submit all trials at once, whatever budget says', hint);
    }
    const capacity = isLimited ? parallel! : trials;
    const more = { words, throttle: parallel, capacity, environment: process.env };
    return { launcher: createSlurmLauncher(folder, more), parallel: Math.min(parallel ?? trials, trials) };
  };
}

function unfit(path: string, message: string, hint: string): ExperimentError {
  return new ExperimentError([{ code: 'badArgument', path, message, hint }]);
}
