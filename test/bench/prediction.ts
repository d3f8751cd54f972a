/**
 * What a trained network costs: forwards beside ONNX Runtime, files to answers beside Keras, validation beside training, and
 * the first answer from the shell. Writes prediction.json and the tables of README.md.
 *
 *   node --import tsx test/bench/prediction.ts [rounds, 5 by default] [forward|files|validation|first, all by default]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../../src/errors.ts';
import { lastLines, runCommand } from '../../src/machine/command.ts';
import type { Network } from '../../src/model/network.ts';
import { initialWeights } from '../../src/network/initializers.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { keyFor, stream } from '../../src/random.ts';
import { benchData, photographs } from './data.ts';
import { ensurePeer } from './environments.ts';
import { describeMachine } from './machine.ts';
import type { ForwardSettings } from './our-forward.ts';
import { fileHere, type ProcessReport, runOurs, runProcess } from './process.ts';
import { articleHeads, models } from './settings.ts';
import { circumstances, median, pairedRatio, spread } from './statistics.ts';

const SIZE = 100;
const FILES = 512;
const rounds = Number(process.argv[2] ?? 5);
const parts = process.argv.slice(3);
const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
const resultFile = fileHere('prediction.json');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const threads = describeMachine().cores;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const progress = (): void => undefined;

/** Two contenders in turn; of each the figure that `read` takes from its report. */
async function race(
  ours: () => Promise<ProcessReport>,
  theirs: () => Promise<ProcessReport>,
  read: (report: ProcessReport) => { readonly value: number; readonly cpu: number },
): Promise<Record<string, unknown>> {
  const reports: [ProcessReport, ProcessReport][] = [];
  for (let round = 0; round < rounds; round++) reports.push([await ours(), await theirs()]);
  const of = (side: 0 | 1) => reports.map((pair) => read(pair[side]));
  const [a, b] = [of(0), of(1)];
  return {
    ours: spread(a.map(({ value }) => value)),
    theirs: spread(b.map(({ value }) => value)),
    ratio: pairedRatio(
      a.map(({ value }) => value),
      b.map(({ value }) => value),
    ),
    oursCpu: spread(a.map(({ cpu }) => cpu)),
    theirsCpu: spread(b.map(({ cpu }) => cpu)),
    cpuRatio: pairedRatio(
      a.map(({ cpu }) => cpu),
      b.map(({ cpu }) => cpu),
    ),
    versions: reports[0]![1].versions,
    ...circumstances(
      reports.flatMap((pair) => pair.map(({ othersLoad }) => othersLoad)),
      rounds,
    ),
  };
}

function networkOf(experiment: string): Network {
  const { plan, networkFor } = compilePlan(experiment, { needTable: true });
  return networkFor(plan.settings.stages[0]!);
}

/** The network, its first weights and images as files, for both contenders. */
function forwardFiles(name: string, network: Network, batch: number): Omit<ForwardSettings, 'steps'> {
  const file = (what: string): string => join(folder, `${name}-${what}`);
  writeFileSync(file('network.json'), JSON.stringify(network));
  const weights = [...initialWeights(network, 1).values()];
  writeFileSync(
    file('weights'),
    Buffer.concat(weights.map(({ buffer }) => Buffer.from(buffer as ArrayBuffer))),
  );
  const numbers = stream(keyFor(0, 'images'), 0);
  const images = Float32Array.from({ length: batch * SIZE * SIZE * 3 }, () => 2 * numbers.uniform() - 1);
  writeFileSync(file(`images${batch}`), Buffer.from(images.buffer));
  return {
    network: file('network.json'),
    weights: file('weights'),
    images: file(`images${batch}`),
    batch,
    threads,
  };
}

async function forwards(): Promise<Record<string, unknown>> {
  const python = await ensurePeer('onnx', progress);
  const found: Record<string, unknown> = {};
  for (const { name } of models) {
    const network = networkOf((await benchData(name, SIZE, 512)).experiment);
    for (const batch of [1, 32]) {
      const files = forwardFiles(name, network, batch);
      const steps = batch === 1 ? 100 : 12;
      const settings = (who: string) => ({ ...files, steps, outputs: join(folder, `${who}-logits`) });
      const read = ({ steps: all }: ProcessReport) => ({
        value: median(all.slice(2).map(({ milliseconds }) => milliseconds)),
        cpu: median(all.slice(2).map(({ cpuMilliseconds }) => cpuMilliseconds)),
      });
      found[`${name} ${batch}`] = await race(
        () => runOurs('our-forward.ts', settings('ours')),
        () => runProcess(python, [fileHere('onnx_forward.py'), JSON.stringify(settings('theirs'))]),
        read,
      );
      const off = largestOff(join(folder, 'ours-logits'), join(folder, 'theirs-logits'));
      if (off > 1e-4) throw new RunError(`${name}: the logits are ${off} from those of ONNX Runtime`);
      say(`${name}, ${batch}: ${JSON.stringify(found[`${name} ${batch}`])}, off by ${off}`);
    }
  }
  return found;
}

/** As a share of the largest. */
function largestOff(ours: string, theirs: string): number {
  const [a, b] = [ours, theirs].map((file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer));
  const largest = b!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a!.reduce((most, value, i) => Math.max(most, Math.abs(value - b![i]!)), 0) / largest;
}

/** A model that was trained for a step: how well it answers does not matter here. @returns the run's folder */
async function trained(name: string): Promise<string> {
  const { experiment } = await benchData(name, SIZE, 512);
  const runs = join(folder, 'runs');
  await launch([experiment, 'stages[0].stepsPerEpoch=1'], runs);
  return join(runs, readdirSync(runs).find((run) => run.includes('bench'))!);
}

async function launch(words: readonly string[], runs: string): Promise<string> {
  const env = { ...process.env, MANYHEADS_RUNS: runs, TF_CPP_MIN_LOG_LEVEL: '2' };
  const { code, stdout, stderr } = await runCommand(
    process.execPath,
    [fileHere('../../src/launch.mjs'), ...words],
    { env },
  );
  if (code !== 0) throw new RunError(`run ${words.join(' ')} failed:\n${lastLines(stderr, 10)}`);
  return stdout;
}

async function files(run: string): Promise<Record<string, unknown>> {
  const python = await ensurePeer('keras', progress);
  const pictures = await photographs(FILES);
  const model = models[0]!;
  const settings = { size: SIZE, model: model.keras, heads: articleHeads, files: pictures };
  return race(
    () => runOurs('our-predict.ts', { model: join(run, 'model'), files: pictures }),
    () =>
      runProcess(python, [fileHere('keras_predict.py'), JSON.stringify(settings)], {
        TF_ENABLE_ONEDNN_OPTS: '1',
      }),
    ({ figures }) => ({ value: figures.imagesPerSecond!, cpu: figures.cpuMillisecondsPerImage! }),
  );
}

async function validation(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { name } of models) {
    const data = await benchData(name, SIZE, 512);
    const { figures, othersLoad } = await runOurs('our-validation.ts', { ...data, rounds: rounds + 3 });
    found[name] = { ...figures, ...circumstances([othersLoad], rounds + 2) };
    say(`${name}: ${JSON.stringify(found[name])}`);
  }
  return found;
}

async function firstAnswer(run: string): Promise<Record<string, unknown>> {
  const pictures = await photographs(FILES);
  const photograph = join(pictures, readdirSync(pictures).find((name) => name.endsWith('.jpg'))!);
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now();
    await launch(['predict', run, photograph], join(folder, 'runs'));
    seconds.push((performance.now() - begun) / 1000);
  }
  return { seconds: spread(seconds.slice(1)), ...circumstances([], rounds) };
}

const before = JSON.parse(readFileSync(resultFile, { encoding: 'utf8', flag: 'a+' }) || '{}') as Record<
  string,
  unknown
>;
const results: Record<string, unknown> = { ...before, machine: describeMachine() };
const save = (): void => writeFileSync(resultFile, `${JSON.stringify(results, null, 2)}\n`);
try {
  if (wants('forward')) results.forward = await forwards();
  save();
  if (wants('validation')) results.validation = await validation();
  save();
  if (wants('files') || wants('first')) {
    const run = await trained(models[0]!.name);
    if (wants('first')) results.first = await firstAnswer(run);
    save();
    if (wants('files')) results.files = await files(run);
  }
  save();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
