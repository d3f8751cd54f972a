/**
 * A whole Slurm of one node in a folder: munged, slurmctld and slurmd as processes of this test, on free ports of the
 * loopback, without systemd, cgroups or accounting. Needs Debian's packages slurmctld, slurmd, slurm-client and munge, and root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = [
  'munged',
  'munge',
  'slurmctld',
  'slurmd',
  'sbatch',
  'squeue',
  'scancel',
  'scontrol',
  'sinfo',
];
const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** What the node is said to have; Slurm believes the file, not the machine. */
const CPUS = 6;
const GPUS = 3;

export interface PrivateSlurm {
  readonly folder: string;
  /** All that a client needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** One of Slurm's programs. @returns what it wrote */
  call(program: string, ...words: readonly string[]): string;
  stop(): Promise<void>;
}

/** @returns why it can't be, in words; false where it can */
export function whyNoSlurm(): string | false {
  const missing = PROGRAMS.filter((name) => !PATH.some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0)
    return `no ${missing.join(', ')} here: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge`;
  return process.getuid?.() === 0 ? false : 'not root, so no Slurm of its own can be started';
}

/**
 * @param maxArraySize tasks of an array at most
 * @param cpus of its node
 */
export async function startSlurm({
  maxArraySize,
  cpus = CPUS,
}: {
  maxArraySize: number;
  cpus?: number;
}): Promise<PrivateSlurm> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-slurm-'));
  // munge wants to see all the folders on the way to its socket.
  chmodSync(folder, 0o755);
  const [controlPort, nodePort] = [await freePort(), await freePort()];
  mkdirSync(join(folder, 'munge'), { mode: 0o711 });
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'munge/key'), randomBytes(128), { mode: 0o400 });
  for (let gpu = 0; gpu < GPUS; gpu++) symlinkSync('/dev/null', join(folder, `gpu${gpu}`));
  writeFileSync(join(folder, 'plugstack.conf'), '');
  writeFileSync(join(folder, 'gres.conf'), `NodeName=n1 Name=gpu File=${folder}/gpu[0-${GPUS - 1}]\n`);
  writeFileSync(join(folder, 'slurm.conf'), configuration());
  const environment = { SLURM_CONF: join(folder, 'slurm.conf') };
  const processes: ChildProcess[] = [];
  const slurm: PrivateSlurm = {
    folder,
    environment,
    call: (program, ...words) =>
      execFileSync(program, words, {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
        timeout: 20_000,
      }),
    stop,
  };

  try {
    const socket = join(folder, 'munge/socket');
    begin('munged', [
      '--foreground',
      `--key-file=${folder}/munge/key`,
      `--socket=${socket}`,
      `--pid-file=${folder}/munge/pid`,
      `--log-file=${folder}/munge/log`,
      `--seed-file=${folder}/munge/seed`,
      '--num-threads=2',
    ]);
    await until('munged', () => execFileSync('munge', ['-S', socket, '-n'], { stdio: 'pipe' }).length > 0);
    begin('slurmctld', ['-D', '-i']);
    begin('slurmd', ['-D', '-N', 'n1']);
    await until('the node', () => slurm.call('sinfo', '-h', '-o', '%T').trim() === 'idle');
  } catch (error) {
    await stop();
    throw error;
  }
  return slurm;

  function configuration(): string {
    const host = hostname().split('.')[0];
    const user = userInfo().username;
    return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controlPort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
PlugStackConfig=${folder}/plugstack.conf
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
OverTimeLimit=5
MaxArraySize=${maxArraySize}
GresTypes=gpu
NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePort} CPUs=${cpus} CoresPerSocket=${cpus} RealMemory=4000 Gres=gpu:${GPUS} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=closed Nodes=ALL MaxTime=INFINITE State=DOWN
`;
  }

  function begin(program: string, words: readonly string[]): void {
    const log = openSync(join(folder, `${program}.out`), 'a');
    const env = { ...process.env, ...environment };
    processes.push(spawn(program, words, { env, stdio: ['ignore', log, log], detached: true }));
  }

  async function stop(): Promise<void> {
    try {
      slurm.call('scancel', '--user', userInfo().username);
      await until('an empty queue', () => slurm.call('squeue', '-h') === '');
    } catch {
      // It is ended all the same.
    }
    for (const child of [...processes].reverse()) await end(child);
    for (const pid of ownSteps(environment.SLURM_CONF)) process.kill(pid, 'SIGKILL');
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(force);
}

/** A slurmstepd outlives its slurmd while it has something to tell to it; ours are known by their environment. */
function ownSteps(configuration: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'slurmstepd') return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .includes(`SLURM_CONF=${configuration}`);
      } catch {
        return false;
      }
    });
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      if (isSo()) return;
    } catch {
      // Not yet there.
    }
    await sleep(100);
  }
  throw new Error(`${what} did not come in 20 s`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
