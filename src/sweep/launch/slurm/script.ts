/** The batch script of an array: everything that its tasks need stands in it. In: jobs, options. Out: text. */
import { fileURLToPath } from 'node:url';
import { withoutLogins } from '../../../secrets.ts';
import type { Job } from '../launcher.ts';
import { hasSignal } from './options.ts';

const LAUNCHER = fileURLToPath(new URL('../../../launch.mjs', import.meta.url));
/** Seconds before the time limit at which the signal comes; Slurm may be a minute early, never late. */
const SIGNAL_SECONDS = 60;
/** Variables that reach a trial. The rest of the shell that submits stays there. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|LD_LIBRARY_PATH|XDG_CACHE_HOME|SLURM_CONF|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy|(MANYHEADS|MLFLOW|TF|XLA|AWS|AZURE|GOOGLE)_\w+)$/i;
/** Set by the script itself, from what Slurm gave the task. */
const THREADS = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS', 'VIPS_CONCURRENCY'];

/** Of these, what may be a password: told to Slurm by its name, which takes the value from the shell that submits. */
const SECRET = /PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIAL|LOGIN|ACCESS_KEY|ACCOUNT_KEY/i;

export interface BatchScript {
  readonly sweepFolder: string;
  /** The array's folder. */
  readonly folder: string;
  /** Of the job, by which it is found again. */
  readonly name: string;
  readonly jobs: readonly Job[];
  /** Tasks at a time. */
  readonly throttle: number | undefined;
  /** Array that must end first. */
  readonly after: string | undefined;
  /** As a person gave them. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of variables that the sweep's base reads. */
  readonly variables: readonly string[];
}

export function batchScript(script: BatchScript): string {
  const { sweepFolder, jobs } = script;
  const passed = passedOf(script).filter(([name, value]) => !isSecret(script, name, value));
  const lines = jobs.map(
    ({ trial, epochs }) => `  '${trial}${epochs === null ? '' : ` --epochs ${epochs}`}'`,
  );
  return `#!/bin/bash
${directives(script)
  .map((words) => `#SBATCH ${words}`)
  .join('\n')}

# A job for each task of the array: the trial's hash, and when to stop.
jobs=(
${lines.join('\n')}
)

if [ ! -d ${quoted(sweepFolder)} ]; then
  echo "$(hostname) does not see the sweep's folder, "${quoted(sweepFolder)}
  exit 66
fi
if [ ! -x ${quoted(process.execPath)} ] || [ ! -f ${quoted(LAUNCHER)} ]; then
  echo "$(hostname) does not see "${quoted(process.execPath)}" and "${quoted(LAUNCHER)}
  exit 66
fi

${passed.map(([name, value]) => `export ${name}=${quoted(value)}`).join('\n')}
threads=\${SLURM_CPUS_PER_TASK:-\${SLURM_CPUS_ON_NODE:-1}}
export ${THREADS.map((name) => `${name}=$threads`).join(' ')}
# Without --gres Slurm leaves this unset, which would mean every GPU of the node.
export CUDA_VISIBLE_DEVICES=\${CUDA_VISIBLE_DEVICES-}

# exec, so that signals for the batch script reach the process itself.
exec ${quoted(process.execPath)} ${quoted(LAUNCHER)} trial ${quoted(sweepFolder)} \${jobs[$SLURM_ARRAY_TASK_ID]} --slurm
`;
}

function passedOf({ environment, variables }: BatchScript): [string, string][] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .filter(([name]) => (PASSED.test(name) || variables.includes(name)) && !THREADS.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The script lies in the sweep's folder, where others read it. */
function isSecret({ variables }: BatchScript, name: string, value: string): boolean {
  return SECRET.test(name) || variables.includes(name) || withoutLogins(value) !== value;
}

function directives(script: BatchScript): string[] {
  const { folder, name, jobs, throttle, after, words } = script;
  const secret = passedOf(script).flatMap(([variable, value]) =>
    isSecret(script, variable, value) ? [variable] : [],
  );
  const array = `--array=0-${jobs.length - 1}${throttle === undefined ? '' : `%${throttle}`}`;
  return [
    `--job-name=${name}`,
    array,
    '--ntasks=1',
    '--requeue',
    '--open-mode=append',
    `--output=${directiveQuoted(`${folder.replaceAll('%', '%%')}/%a.log`)}`,
    `--export=${secret.length === 0 ? 'NIL' : secret.join()}`,
    ...(hasSignal(words) ? [] : [`--signal=B:USR1@${SIGNAL_SECONDS}`]),
    ...(after === undefined ? [] : [`--dependency=afterany:${after}`]),
    ...(words.length === 0 ? [] : [words.map(directiveQuoted).join(' ')]),
  ];
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** For a line of #SBATCH, where a `#` would begin a comment. */
function directiveQuoted(text: string): string {
  return /^[\w./=:,@%+-]+$/.test(text) ? text : `"${text.replaceAll(/(["\\])/g, '\\$1')}"`;
}
