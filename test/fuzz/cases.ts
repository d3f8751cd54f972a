/**
 * Damaged inputs, each from a seed and a number: what a slip of the hand, a broken disk or an attacker makes of a good file.
 * A case is its kind, its bytes or words, and what reads it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePlan } from '../../src/plan/compile.ts';
import { keyFor, stream } from '../../src/random.ts';
import { planSweep } from '../../src/sweep/plan/plan.ts';
import { speedOf } from '../../src/sweep/plan/price.ts';
import { readTable } from '../../src/table/read.ts';
import { writeSafeTensors } from '../../src/weights/safetensors.ts';
import { tinyTable, tinyText } from '../plan/tiny.ts';
import type { Draw } from './draw.ts';
import { createImageCases, createWeightsCases } from './file-cases.ts';
import { createRunCases } from './run-cases.ts';

export interface Case {
  readonly kind: string;
  /** To see it again. */
  readonly input: string;
  /**
   * Throws an ExperimentError, a RunError or a WeightsFileError for what is wrong, and nothing else.
   * @returns what is wrong with an image
   */
  read(): undefined | string | Promise<undefined | string>;
}

const WORDS = [
  ...[
    'null',
    'true',
    '~',
    '""',
    '[]',
    '{}',
    '-1',
    '1e20',
    '1e-300',
    '.inf',
    '.nan',
    '0x10',
    '1_000',
    '50%',
    '2026-01-01',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'é',
    '猫',
    '\u0000',
    '\u001b[2J',
    '\u2028',
    '\ud800',
    '\ufeff',
    '\t',
    '\r',
  ],
  ...[
    '*a',
    '&a',
    '!remove',
    '!replace',
    '!!str',
    '<<',
    '? ',
    '- ',
    ': ',
    '#',
    '|',
    '>',
    "'",
    '"',
    '[',
    ']',
    '{',
    '}',
    ',',
    '@',
    '`',
    '%',
  ],
  ...[
    `\${env:NO}`,
    `\${env:NO:1}`,
    '$${',
    '${',
    '../x',
    '/etc/passwd',
    'stages[0]',
    'x'.repeat(300),
    '['.repeat(120),
  ],
];

const SWEEP = `name: try
base: tiny.yaml
axes:
  seed: [1, 2]
  stages[all].epochs: { from: 1, to: 3, step: 1 }
exclude: [{ seed: 2, stages[all].epochs: 2 }]
strategy: { name: random }
budget: { trials: 4 }
`;

/** Kinds by number. Tables are read in a quarter of the time of the others. */
const ORDER = [0, 1, 2, 3, 4, 5, 6, 3, 3, 2];

const PATHS = [
  'seed',
  'stages[0].epochs',
  'stages[all]',
  'model.backbone',
  'dataset.attributes.kids',
  'loss.heads',
  'tracking',
  'stages',
];

export async function createCases(folder: string, seed: number): Promise<(number: number) => Case> {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('table.csv'), tinyTable);
  writeFileSync(at('tiny.yaml'), tinyText);
  const tensors = new Map([
    ['a/kernel', { shape: [2, 3], values: new Float32Array(6) }],
    ['b/bias', { shape: [4], values: new Float32Array(4) }],
  ]);
  writeSafeTensors(at('good.safetensors'), { tensors, metadata: {}, hasChecksums: true });
  const key = keyFor(seed, 'fuzz');
  const environment = {};
  const kinds: readonly ((draw: Draw) => Case)[] = [
    (draw) => {
      const text = mutated(tinyText, draw);
      return fileCase('language', at('x.yaml'), text, (file) => void compilePlan(file, { environment }));
    },
    (draw) => {
      const overrides = [`${draw.of(PATHS)}=${draw.of(WORDS)}`, mutated('stages[all].epochs=3', draw)];
      const read = (): undefined => {
        compilePlan(at('tiny.yaml'), { overrides, environment });
      };
      return { kind: 'overrides', input: overrides.join('\n'), read };
    },
    (draw) => {
      const text = mutated(SWEEP, draw);
      return fileCase('sweep', at('sweep.yaml'), text, (file) => {
        planSweep(file, { environment, overrides: [], speed: speedOf([]) });
      });
    },
    (draw) =>
      fileCase('table', at('x.csv'), mutated(tinyTable, draw), (file) => {
        readTable(file, { delimiter: draw.of([',', ';', '\t']) });
      }),
    createWeightsCases(folder, at('good.safetensors')),
    await createImageCases(),
    createRunCases(folder, at('tiny.yaml')),
  ];
  return (number) => {
    const numbers = stream(key, number);
    const draw: Draw = {
      below: (n) => Math.floor(numbers.uniform() * n),
      of: (list) => list[Math.floor(numbers.uniform() * list.length)]!,
    };
    return kinds[ORDER[number % ORDER.length]!]!(draw);
  };
}

function fileCase(kind: string, file: string, text: string, read: (file: string) => void): Case {
  return {
    kind,
    input: text,
    read() {
      writeFileSync(file, text);
      read(file);
      return undefined;
    },
  };
}

/** One to four changes: letters and words put in, taken out, doubled, lines moved. */
function mutated(text: string, draw: Draw): string {
  let result = text;
  for (let left = 1 + draw.below(4); left > 0; left--) {
    const from = draw.below(result.length + 1);
    const to = Math.min(result.length, from + draw.below(20));
    const rest = result.slice(to);
    const change = draw.below(6);
    if (change === 0) result = result.slice(0, from) + draw.of(WORDS) + result.slice(from);
    else if (change === 1) result = result.slice(0, from) + draw.of(WORDS) + rest;
    else if (change === 2) result = result.slice(0, from) + rest;
    else if (change === 3) result = result.slice(0, to) + result.slice(from);
    else if (change === 4) result = withLine(result, draw, (line) => [line, line]);
    else result = withLine(result, draw, (line) => [`${' '.repeat(draw.below(6))}${line.trim()}`]);
  }
  return result;
}

function withLine(text: string, draw: Draw, change: (line: string) => string[]): string {
  const lines = text.split('\n');
  const at = draw.below(lines.length);
  return [...lines.slice(0, at), ...change(lines[at]!), ...lines.slice(at + 1)].join('\n');
}
