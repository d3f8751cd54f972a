/** `local`: this machine, a fixed number of trials at a time. */
import type { LauncherDef } from './launcher-def.ts';

export const local: LauncherDef<never> = {
  where: 'on this machine',
  options: {},
  insteadOfPerGpu: null,
  async open(_, { parallel, perGpu }) {
    const { createLocalLauncher } = await import('./local/local-launcher.ts');
    const { slotsOf, thisMachine } = await import('./slots.ts');
    const { readTrials } = await import('../ledger/ledger.ts');
    return (folder) => {
      const trialBytes = Math.max(...readTrials(folder).map(({ peakMemoryBytes }) => peakMemoryBytes));
      const slots = slotsOf(thisMachine(), { parallel, perGpu, trialBytes });
      return { launcher: createLocalLauncher(folder, slots), parallel: slots.length };
    };
  },
  worker: null,
  task: null,
};
