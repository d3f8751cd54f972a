/**
 * Measures this project beside its peers on this machine. Out: test/bench/results.json, and the tables in README.md beside
 * it; the main README has an extract.
 *
 *   npm run bench -- [--quick] [--only graph,keras,…,epoch,decode] [--size 100,200] [--model densenet121] [--rounds 5]
 *     [--images FOLDER]
 *   npm run bench -- --backbones [--size 100] [--rounds 3]   each backbone beside the framework that it is proved equal to
 *
 * `--quick` is one round of few steps, to see that all of it runs; it prints its figures and keeps none of them. A full
 * run takes hours, and wants a machine on which nothing else runs. What is measured apart (`--only`, `--size`, `--model`) takes
 * the place of the same rows of an earlier run; each row says when it was measured, and how busy the machine was otherwise. A
 * peer's row has a ratio where `graph` was measured in the same rounds.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RunError } from '../../src/errors.ts';
import { streamProgress } from '../../src/setup/progress.ts';
import { type DecodeResult, measureDecoding } from './decoding.ts';
import { type EpochResult, measureEpochs } from './epoch.ts';
import { describeMachine } from './machine.ts';
import { markdown, stepSummary, writeBetween } from './report.ts';
import { mergeWithEarlier, type Results, resultsFile } from './results.ts';
import { backbones, contenders, models } from './settings.ts';
import { measureBackbone, measureSteps, type StepResults } from './steps.ts';
import type { Suite } from './suite.ts';
import { decodeTarget, epochTarget, stepTargets } from './targets.ts';

const listOf = (text: string): string[] => (text === '' ? [] : text.split(','));

function pick<T>(
  what: string,
  wanted: readonly string[],
  known: readonly T[],
  nameOf: (item: T) => string,
): T[] {
  const names = known.map(nameOf);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new RunError(`there is no ${what} ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return known.filter((item) => wanted.length === 0 || wanted.includes(nameOf(item)));
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      size: { type: 'string', default: '100,200' },
      model: { type: 'string', default: '' },
      rounds: { type: 'string' },
      backbones: { type: 'boolean', default: false },
      // JPEG files to decode, in place of those that come with the project.
      images: { type: 'string' },
    },
  });
  const parts = [...contenders.map(({ name }) => name as string), 'epoch', 'decode'];
  const only = values.only === '' ? [] : pick('part', listOf(values.only), parts, (name) => name);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const sizes = listOf(values.size).map(Number);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RunError(`expected --rounds of at least 1, got ${values.rounds}`);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 32))
    throw new RunError(`expected --size in pixels, as 100,200, got ${values.size}`);
  const suite: Suite = {
    quick: values.quick,
    rounds,
    only,
    say: (line) => process.stderr.write(`${line}\n`),
    progress: streamProgress(process.stderr),
  };
  const machine = describeMachine();
  if (machine.loadBefore > 0.5)
    suite.say(`note: the load is ${machine.loadBefore.toFixed(1)}; other work makes all of this worthless.`);

  const isWanted = (part: string): boolean => !values.backbones && (only.length === 0 || only.includes(part));
  const steps: StepResults[] = [];
  const epochs: EpochResult[] = [];
  const measured: StepResults[] = [];
  const names = listOf(values.model);
  if (values.backbones) {
    for (const backbone of pick('backbone', names, backbones, ({ name }) => name))
      for (const size of sizes) measured.push(await measureBackbone(backbone, size, suite));
  } else {
    for (const model of pick('model', names, models, ({ name }) => name)) {
      for (const size of sizes) {
        if (contenders.some(({ name }) => isWanted(name))) steps.push(await measureSteps(model, size, suite));
        if (isWanted('epoch')) epochs.push(await measureEpochs(model, size, suite));
      }
    }
  }
  const decoding: DecodeResult[] = [];
  for (const size of isWanted('decode') ? sizes : [])
    decoding.push(...(await measureDecoding(size, suite, values.images)));
  const fresh = { machine, steps, backbones: measured, epochs, decoding };
  const {
    steps: allSteps,
    backbones: allBackbones,
    epochs: allEpochs,
    decoding: allDecoding,
  } = values.quick ? fresh : mergeWithEarlier(fresh);
  const results: Results = {
    machine,
    steps: allSteps,
    backbones: allBackbones,
    epochs: allEpochs,
    decoding: allDecoding,
    targets: [
      ...allSteps.flatMap(stepTargets),
      ...allEpochs.map(epochTarget),
      ...allDecoding.map(decodeTarget),
    ],
  };
  const text = markdown(results);
  console.log(text);
  if (values.quick) return;
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeBetween(fileURLToPath(new URL('README.md', import.meta.url)), 'bench', text);
  writeBetween(fileURLToPath(new URL('../../README.md', import.meta.url)), 'speed', stepSummary(results));
}

try {
  await measure();
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  process.exitCode = 1;
}
