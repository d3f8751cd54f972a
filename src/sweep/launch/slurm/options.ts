/**
 * `--sbatch "--partition=gpu --time=4:00:00"`: what a person asks of the cluster, in sbatch's own words. In: the text.
 * Out: its words, without those that the launcher must set itself.
 */
import { ExperimentError, type Problem } from '../../../errors.ts';

/** Long and short names of sbatch(1) that the launcher needs for itself, and what to do instead. */
const OURS: readonly { readonly names: readonly string[]; readonly instead: string }[] = [
  {
    names: ['--array', '-a'],
    instead: 'Each trial is a task already; `--parallel N` limits how many run at a time.',
  },
  {
    names: ['--job-name', '-J', '--comment'],
    instead: 'The name is how jobs are found again; `--sbatch` can say --wckey or --account.',
  },
  {
    names: ['--output', '-o', '--error', '-e', '--open-mode', '--chdir', '-D'],
    instead: "The logs go into the sweep's folder: slurm/ there, and log.txt of each attempt.",
  },
  {
    names: ['--requeue', '--no-requeue'],
    instead: 'A trial is always queued again where a node fails or its time ends.',
  },
  {
    names: ['--export', '--export-file', '--get-user-env'],
    instead: 'The variables are written into the batch script.',
  },
  { names: ['--dependency', '-d'], instead: 'Start the sweep when it may run.' },
  {
    names: ['--parsable', '--test-only', '--wait', '-W', '--wrap', '--quiet', '-Q', '--verbose', '-v'],
    instead: 'Leave it out.',
  },
];

/** What an option that takes a value may be given with; for the check of `--signal` alone. */
const SIGNAL = /^--signal(?:=|$)/;

/**
 * @returns the words, each as sbatch shall get it
 * @throws ExperimentError with all that can't be
 */
export function sbatchWords(text: string): string[] {
  const words = shellWords(text);
  if (words === undefined) throw problems([`a quote in --sbatch is not closed: ${text}`, 'Close it.']);
  const wrong: [string, string][] = [];
  const first = words[0];
  if (first !== undefined && !first.startsWith('-'))
    wrong.push([
      `expected options in --sbatch, got "${first}"`,
      'As --sbatch "--partition=gpu --time=4:00:00".',
    ]);
  words.forEach((word, i) => {
    const name = word.startsWith('--') ? word.split('=')[0]! : word.slice(0, 2);
    const ours = OURS.find(({ names }) => names.includes(name));
    if (ours !== undefined)
      wrong.push([`${name} can't be in --sbatch, because the launcher sets it`, ours.instead]);
    if (!SIGNAL.test(word)) return;
    const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[i + 1] ?? '');
    if (!/^B:(SIG)?USR1@\d+$/.test(value))
      wrong.push([
        `expected --signal=B:USR1@SECONDS in --sbatch, got ${word}`,
        'Only B: reaches the trial, and it listens to USR1; SECONDS is how long before the limit.',
      ]);
  });
  if (wrong.length > 0) throw problems(...wrong);
  return words;
}

export function hasSignal(words: readonly string[]): boolean {
  return words.some((word) => SIGNAL.test(word));
}

function problems(...all: readonly [string, string][]): ExperimentError {
  return new ExperimentError(
    all.map(([message, hint]): Problem => ({ code: 'badArgument', path: '--sbatch', message, hint })),
  );
}

/** Takes a line apart as a shell does, without variables. @returns undefined where a quote is open */
function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+)|(["'\\])/gs;
  for (const [whole, double, single, escaped, plain, open] of text.matchAll(pattern)) {
    if (open !== undefined) return undefined;
    if (/^\s+$/.test(whole)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + (double?.replace(/\\(.)/gs, '$1') ?? single ?? escaped ?? plain ?? '');
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
