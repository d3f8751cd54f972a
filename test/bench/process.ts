/**
 * One measurement in a process of its own. In: a command. Out: what it reported, one JSON object a line on standard
 * output, with the time from the process's start to its first finished step.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunError } from '../../src/errors.ts';
import { lastLines, runCommand } from '../../src/machine/command.ts';

/** A process that hangs is ended after this. */
const timeoutMs = 30 * 60_000;

export interface StepReport {
  readonly milliseconds: number;
  /** Of all threads together: says what a step costs where other work takes turns with it. */
  readonly cpuMilliseconds: number;
  readonly loss: number;
  /** When the step was finished: milliseconds since 1970. */
  readonly at: number;
}

export interface ProcessReport {
  readonly steps: readonly StepReport[];
  /** From the start of the process to the end of its first step. */
  readonly secondsToFirstStep: number | null;
  /** Most memory that the process held: VmHWM of proc(5). */
  readonly peakBytes: number;
  /** Cores that everything else on the machine kept busy meanwhile; what a host takes away from its guest counts too. */
  readonly othersLoad: number;
  /** Whatever else the process reported last. */
  readonly figures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

interface LastLine {
  readonly peakBytes: number;
  /** Of all threads since the process's start. */
  readonly cpuSeconds: number;
  readonly figures?: Readonly<Record<string, number>>;
  readonly versions?: Readonly<Record<string, string>>;
}

export const fileHere = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs a TypeScript file of this folder in a process of its own, as a user's run is one. */
export function runOurs(file: string, settings: unknown): Promise<ProcessReport> {
  return runProcess(process.execPath, ['--import', 'tsx', fileHere(file), JSON.stringify(settings)]);
}

/**
 * @param environment in place of variables of this process
 * @throws RunError with the last lines of what a process that failed has written
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProcessReport> {
  const env = {
    ...process.env,
    TF_CPP_MIN_LOG_LEVEL: '2',
    KERAS_BACKEND: 'tensorflow',
    ...environment,
  };
  const started = Date.now();
  const busyBefore = busySeconds();
  const { code, stdout, stderr } = await runCommand(command, args, { env, timeoutMs });
  const busy = busySeconds() - busyBefore;
  const seconds = (Date.now() - started) / 1000;
  const name = args.find((arg) => /\.(ts|py)$/.test(arg)) ?? command;
  if (code !== 0) throw new RunError(`${name} failed with ${code}:\n${lastLines(stderr, 15)}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const reports = lines.map((line) => JSON.parse(line) as StepReport | LastLine);
  const steps = reports.filter((report): report is StepReport => 'milliseconds' in report);
  const last = reports.at(-1);
  if (last === undefined || !('peakBytes' in last)) throw new RunError(`${name} did not report to its end`);
  return {
    steps,
    secondsToFirstStep: steps.length === 0 ? null : (steps[0]!.at - started) / 1000,
    peakBytes: last.peakBytes,
    othersLoad: Math.max(0, busy - last.cpuSeconds) / seconds,
    figures: last.figures ?? {},
    versions: last.versions ?? {},
  };
}

/** For the measured process: one line to whoever started it. */
export function tell(report: StepReport | Omit<LastLine, 'cpuSeconds'>): void {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ ...report, cpuSeconds: (user + system) / 1e6 })}\n`);
}

/** What all cores together have worked since the system's start: proc(5), in ticks of 1/100 s. */
function busySeconds(): number {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .slice('cpu'.length, 500)
    .trim()
    .split(/\s+/)
    .map(Number);
  return (user! + nice! + system! + irq! + softirq! + steal!) / 100;
}

/** Most memory that this process has held so far, bytes. Unlike getrusage's, it forgets what was before exec. */
export function peakMemory(): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line![1]) * 1024;
}
