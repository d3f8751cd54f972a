/**
 * Runs backbones.test.ts and writes what it measured into test/bench/README.md, with the time of a training step divided by
 * the reference's, as `npm run bench -- --backbones` measured it:
 *
 *     node --import tsx test/network/differences.ts
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBetween } from '../bench/report.ts';

interface Result {
  readonly name: string;
  readonly parameters: number;
  readonly framework: string;
  readonly mode: 'evaluation' | 'training';
  /** Ours, and what the reference's own float32 is off by. */
  readonly features: readonly [number, number];
  readonly gradients: readonly [number, number];
}

const root = join(import.meta.dirname, '..', '..');
const test = join(import.meta.dirname, 'backbones.test.ts');
const run = spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', test], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1e8,
});
if (run.status !== 0) throw new Error(`the test failed:\n${run.stdout}`);
const results = [...run.stdout.matchAll(/^\s*# result (\{.*\})$/gm)].map(
  ([, text]) => JSON.parse(text!.replaceAll('\\#', '#')) as Result,
);

interface Benched {
  readonly model: string;
  readonly contenders: readonly {
    readonly oursDividedByIt: { readonly step: { readonly median: number } } | null;
  }[];
}

const { backbones } = JSON.parse(readFileSync(join(root, 'test', 'bench', 'results.json'), 'utf8')) as {
  backbones: readonly Benched[];
};
function stepBesideReference(name: string): string {
  const row = backbones.find(({ model }) => model === name);
  const ratio = row?.contenders.flatMap(({ oursDividedByIt }) => oursDividedByIt ?? [])[0]?.step.median;
  return ratio?.toFixed(2) ?? 'not measured';
}

const pair = ([ours, own]: readonly [number, number]): string =>
  `${ours.toExponential(1)} (${own.toExponential(1)})`;
const rows = results
  .filter(({ mode }) => mode === 'evaluation')
  .map((evaluation) => {
    const training = results.find(({ name, mode }) => name === evaluation.name && mode === 'training')!;
    const cells = [
      `\`${evaluation.name}\``,
      evaluation.parameters.toLocaleString('en'),
      evaluation.framework,
      ...[evaluation, training].flatMap(({ features, gradients }) => [pair(features), pair(gradients)]),
      stepBesideReference(evaluation.name),
    ];
    return `| ${cells.join(' | ')} |`;
  });
const table = [
  '| backbone | parameters | reference | outputs, evaluation | gradients, evaluation | outputs, training | gradients, training | step / its step |',
  '| --- | --: | --- | --: | --: | --: | --: | --: |',
  ...rows,
].join('\n');
writeBetween(join(root, 'test', 'bench', 'README.md'), 'differences', table);
