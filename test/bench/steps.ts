/**
 * Training steps of every contender, side by side. In: models, sizes, rounds. Out: for each contender the spread of its
 * medians, and ours divided by it, round by round: A B C A B C, each in a process of its own.
 */
import { benchData } from './data.ts';
import { ensurePeer, type Peer } from './environments.ts';
import { availableMemory } from './machine.ts';
import { fileHere, type ProcessReport, runOurs, runProcess } from './process.ts';
import {
  articleAugmentation,
  articleHeads,
  type BenchModel,
  batchSize,
  type Contender,
  type ContenderName,
  contenders,
  learningRate,
  leftOut,
  type ReferencedBackbone,
} from './settings.ts';
import { type Circumstances, circumstances, median, pairedRatio, type Spread, spread } from './statistics.ts';
import type { Suite } from './suite.ts';

/** Rows of the data set that our steps are taken from: eight batches for training. */
const rows = 288;

export interface ContenderResult extends Circumstances {
  readonly name: ContenderName;
  readonly title: string;
  readonly stepMilliseconds: Spread;
  readonly cpuMilliseconds: Spread;
  readonly secondsToFirstStep: Spread;
  readonly peakBytes: Spread;
  readonly everyLossFinite: boolean;
  /** Our step, memory and time to the first step divided by this one's, by round. */
  readonly oursDividedByIt: {
    readonly step: Spread;
    readonly memory: Spread;
    readonly firstStep: Spread;
  } | null;
  /** Milliseconds of every step, by round, the ones left out included. */
  readonly roundMilliseconds: readonly (readonly number[])[];
}

export interface StepResults {
  readonly model: string;
  readonly size: number;
  readonly batchSize: number;
  readonly contenders: readonly ContenderResult[];
  readonly notMeasured: readonly {
    readonly name: ContenderName;
    readonly title: string;
    readonly why: string;
  }[];
  readonly versions: Readonly<Record<string, string>>;
}

const overridesOf: Partial<Record<ContenderName, readonly string[]>> = {
  'graph-augmented': [`augmentation=${articleAugmentation}`],
  'graph-bfloat16': ['execution.precision=bfloat16'],
};

/** One backbone and its reference, in the same rounds. */
export function measureBackbone(
  { name, reference, there }: ReferencedBackbone,
  size: number,
  suite: Suite,
): Promise<StepResults> {
  return measureSteps({ name, keras: there, torch: there }, size, { ...suite, only: ['graph', reference] });
}

export async function measureSteps(model: BenchModel, size: number, suite: Suite): Promise<StepResults> {
  const { say, quick, only } = suite;
  const data = await benchData(model.name, size, rows);
  const notMeasured: { name: ContenderName; title: string; why: string }[] = [];
  const chosen = contenders.filter(({ name, title, bytesAt100 }) => {
    if (only.length > 0 && !only.includes(name)) return false;
    const needed = bytesAt100 * (size / 100) ** 2;
    const isEnough = availableMemory() > needed * 1.1;
    const why = `needs about ${Math.round(needed / 1e9)} GB of memory, ${Math.round(availableMemory() / 1e9)} GB are free`;
    if (!isEnough) notMeasured.push({ name, title, why });
    return isEnough;
  });
  const pythons = new Map<string, string>();
  for (const run of new Set(chosen.map((contender) => contender.run))) {
    if (run !== 'ours') pythons.set(run, await ensurePeer(run as Peer, suite.progress));
  }
  const stepsOf = ({ steps }: Contender): number => (quick ? leftOut + 2 : steps);

  function measure(contender: Contender): Promise<ProcessReport> {
    const { name, run } = contender;
    const steps = stepsOf(contender);
    if (run === 'ours') {
      const overrides = overridesOf[name] ?? [];
      const engine = name === 'eager' ? 'eager' : 'graph';
      return runOurs('our-step.ts', { ...data, overrides, engine, steps });
    }
    const settings = { model: model[run], size, batchSize, learningRate, heads: articleHeads, steps };
    const more = run === 'torch' ? { channelsLast: name === 'torch-last' } : {};
    const args = [fileHere(`${run}_step.py`), JSON.stringify({ ...settings, ...more })];
    return runProcess(pythons.get(run)!, args, contender.environment);
  }

  // A first process each is not counted: it decodes images, compiles Python and fills the system's file cache.
  const reports = new Map<ContenderName, ProcessReport[]>(chosen.map(({ name }) => [name, []]));
  if (!quick && chosen.some(({ run }) => run === 'ours')) {
    await runOurs('our-step.ts', { ...data, overrides: [], engine: 'graph', steps: 1 });
  }
  for (let round = 0; round < suite.rounds; round++) {
    for (const contender of chosen) {
      const report = await measure(contender);
      reports.get(contender.name)!.push(report);
      say(`${model.name} ${size} px, round ${round + 1}: ${contender.title} ${inWords(report)}`);
    }
  }
  const ours = reports.get('graph');
  return {
    model: model.name,
    size,
    batchSize,
    contenders: chosen.map((contender) => summarise(contender, reports.get(contender.name)!, ours)),
    notMeasured,
    versions: Object.assign({}, ...[...reports.values()].flat().map(({ versions }) => versions)),
  };
}

const counted = ({ steps }: ProcessReport) => steps.slice(leftOut);
const stepOf = (report: ProcessReport): number =>
  median(counted(report).map(({ milliseconds }) => milliseconds));

function summarise(
  { name, title }: Contender,
  reports: readonly ProcessReport[],
  ours: readonly ProcessReport[] | undefined,
): ContenderResult {
  const ratio = (of: (report: ProcessReport) => number): Spread =>
    pairedRatio(ours!.map(of), reports.map(of));
  const firstStep = (report: ProcessReport): number => report.secondsToFirstStep!;
  return {
    name,
    title,
    ...circumstances(
      reports.map(({ othersLoad }) => othersLoad),
      reports.length,
    ),
    stepMilliseconds: spread(reports.map(stepOf)),
    cpuMilliseconds: spread(
      reports.map((r) => median(counted(r).map(({ cpuMilliseconds }) => cpuMilliseconds))),
    ),
    secondsToFirstStep: spread(reports.map(firstStep)),
    peakBytes: spread(reports.map(({ peakBytes }) => peakBytes)),
    everyLossFinite: reports.every(({ steps }) => steps.every(({ loss }) => Number.isFinite(loss))),
    oursDividedByIt:
      ours === undefined || name === 'graph'
        ? null
        : { step: ratio(stepOf), memory: ratio(({ peakBytes }) => peakBytes), firstStep: ratio(firstStep) },
    roundMilliseconds: reports.map(({ steps }) =>
      steps.map(({ milliseconds }) => Math.round(milliseconds * 10) / 10),
    ),
  };
}

function inWords(report: ProcessReport): string {
  const gigabytes = (report.peakBytes / 1e9).toFixed(2);
  return `${stepOf(report).toFixed(0)} ms a step, first after ${report.secondsToFirstStep!.toFixed(1)} s, ${gigabytes} GB`;
}
