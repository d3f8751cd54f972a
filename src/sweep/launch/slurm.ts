/** `slurm`: arrays of jobs on a cluster. */
import type { LauncherDef } from './launcher-def.ts';
import { ownTask } from './slurm/own-task.ts';

export const slurm: LauncherDef<'sbatch'> = {
  where: 'on a Slurm cluster',
  options: { sbatch: { value: 'options', help: 'what to ask of the cluster' } },
  insteadOfPerGpu:
    'Slurm gives each job its GPUs: --sbatch "--gres=gpu:1", or "--gres=shard:1" for a part of one.',
  async open({ sbatch = '' }, { parallel }, say) {
    const { sbatchWords } = await import('./slurm/options.ts');
    const { checkOptions, checkSlurm } = await import('./slurm/client.ts');
    const { createSlurmLauncher } = await import('./slurm/slurm-launcher.ts');
    const { mayHaveAll, trialsInQueue } = await import('./in-queue.ts');
    const { readSweep } = await import('../ledger/ledger.ts');
    const words = sbatchWords(sbatch);
    await checkSlurm();
    await checkOptions(words);
    return (folder) => {
      const sweep = readSweep(folder);
      const atATime = trialsInQueue(folder, 'slurm', parallel);
      const capacity = mayHaveAll(sweep) ? sweep.trials : atATime;
      const more = { words, throttle: parallel, capacity, environment: process.env, say };
      return { launcher: createSlurmLauncher(folder, more), parallel: atATime };
    };
  },
  worker: null,
  task: {
    async run(sweepFolder, job, say) {
      const { runTask } = await import('./slurm/task.ts');
      return runTask(sweepFolder, job, say);
    },
    jobName: (environment) => ownTask(environment)?.job,
  },
};
