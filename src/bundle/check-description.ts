/** The content of `model.json`, checked: every mistake with its path, so that nothing after this room doubts it. */
import { ExperimentError, type Problem } from '../errors.ts';
import { type Field, fieldOf } from '../machine/fields.ts';
import { checkNetwork } from './check-network.ts';
import {
  type Decision,
  FORMAT,
  FORMAT_VERSION,
  type HeadDescription,
  type InputDescription,
  type ModelDescription,
} from './model.ts';

/** Sides of images that could be computed. */
const MOST_PIXELS = 1 << 14;
const MOST_CLASSES = 1 << 16;
/** A file that is wrong in more places is of another kind. */
const SHOWN = 12;

const losses = ['crossEntropy', 'focal', 'ordinal'] as const;
const fits = ['stretch', 'crop', 'pad'] as const;
const fillModes = ['nearest', 'constant', 'reflect', 'wrap'] as const;
const precisions = ['float32', 'bfloat16', 'float16'] as const;

/**
 * @param value as JSON.parse gives it
 * @param file for the messages
 * @throws ExperimentError `badModel`
 */
export function checkDescription(value: unknown, file: string): ModelDescription {
  const problems = new Map<string, Problem>();
  const note = (path: string, expected: string, found: string): void => {
    const message = `${file}: expected ${expected}, found ${found}`;
    if (!problems.has(path)) problems.set(path, { code: 'badModel', path, message });
  };
  const root = fieldOf(value, note);
  checkFormat(root, file);
  const description = descriptionOf(root);
  if (problems.size === 0) return description;
  const shown = [...problems.values()].slice(0, SHOWN);
  const hint =
    problems.size > SHOWN
      ? `${problems.size - SHOWN} more are not shown.`
      : 'The file was changed, or written by something else; copy the folder again.';
  throw new ExperimentError([...shown.slice(0, -1), { ...shown.at(-1)!, hint }]);
}

/** First of all: what the rest means depends on it. */
function checkFormat(root: Field, file: string): void {
  const wrong = (message: string, hint: string): never => {
    throw new ExperimentError([{ code: 'badModel', path: '', message, hint }]);
  };
  const format = root.at('format');
  if (!format.isText() || format.text() !== FORMAT)
    wrong(`${file} does not call itself "${FORMAT}"`, 'It is not a model of this program.');
  const version = root.at('version').number();
  if (version !== FORMAT_VERSION) {
    wrong(
      `${file} is of version ${version} of the format, and this program reads version ${FORMAT_VERSION}`,
      version > FORMAT_VERSION ? 'Update this program.' : 'Write the model again from its run.',
    );
  }
}

function descriptionOf(root: Field): ModelDescription {
  const description = partsOf(root);
  // Last: where classes are wrong, that is the cause.
  description.heads.forEach(({ majority, classes }, i) => {
    if (majority !== null && !classes.includes(majority))
      root
        .at('heads')
        .list()
        [i]!.at('majority')
        .wrong('one of the classes, or null', JSON.stringify(majority));
  });
  return description;
}

function partsOf(root: Field): ModelDescription {
  const input = inputOf(root.at('input'));
  const heads = root.at('heads').list().map(headOf);
  if (heads.length === 0) root.at('heads').wrong('at least one head');
  const names = heads.map(({ name }) => name);
  if (new Set(names).size < names.length) root.at('heads').wrong('names that differ', names.join(', '));
  const outputs = heads.map(({ name, classes, output }) => ({
    name,
    classes: classes.length,
    outputs: classes.length - (output === 'softmax' ? 0 : 1),
  }));
  const run = root.at('run');
  const versions = root.at('versions');
  const table = root.at('table');
  const weights = root.at('weights');
  const proof = root.at('proof');
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    name: root.at('name').text(),
    description: root.at('description').text(),
    run: {
      id: run.at('id').text(),
      planHash: run.at('planHash').text(),
      dataDigest: run.at('dataDigest').isNull() ? null : run.at('dataDigest').text(),
      weightsHash: run.at('weightsHash').text(),
    },
    versions: {
      manyheads: versions.at('manyheads').text(),
      tensorflow: versions.at('tensorflow').text(),
      decoder: versions.at('decoder').text(),
    },
    input,
    table: {
      imageColumn: table.at('imageColumn').text(),
      delimiter: table.at('delimiter').text(),
      missing: texts(table.at('missing')),
    },
    heads,
    decisions: decisionsOf(root.at('decisions'), heads),
    precision: root.at('precision').oneOf(precisions),
    weights: { sha256: digest(weights.at('sha256')), bytes: weights.at('bytes').count(8, 2 ** 40) },
    proof: proof.isNull()
      ? null
      : {
          sha256: digest(proof.at('sha256')),
          by: proof.at('by').oneOf(['run', 'model']),
          device: proof.at('device').oneOf(['cpu', 'gpu']),
          images: texts(proof.at('images')),
        },
    network: checkNetwork(root.at('network'), input.imageSize, outputs),
  };
}

function inputOf(field: Field): InputDescription {
  const decodedSize = field.at('decodedSize').count(1, MOST_PIXELS);
  const imageSize = field.at('imageSize').count(1, MOST_PIXELS);
  if (imageSize > decodedSize)
    field.at('imageSize').wrong(`at most the decodedSize, ${decodedSize}`, `${imageSize}`);
  const normalization = field.at('normalization');
  const channels = (key: string, isAllowed?: (x: number) => boolean, expected?: string): number[] =>
    normalization
      .at(key)
      .listOf(3)
      .map((channel) => channel.number(isAllowed, expected));
  return {
    decodedSize,
    imageSize,
    fit: field.at('fit').oneOf(fits),
    colours: field.at('colours').oneOf(['rgb']),
    resize: {
      fillMode: field.at('resize').at('fillMode').oneOf(fillModes),
      fillValue: field.at('resize').at('fillValue').number(),
    },
    normalization: normalization.isText()
      ? normalization.oneOf(['perImage'] as const)
      : { mean: channels('mean'), std: channels('std', (x) => x > 0, 'a number above 0') },
  };
}

function headOf(field: Field): HeadDescription {
  const classes = texts(field.at('classes'));
  if (classes.length < 2 || classes.length > MOST_CLASSES)
    field.at('classes').wrong(`2 to ${MOST_CLASSES} classes`, `${classes.length}`);
  if (new Set(classes).size < classes.length) field.at('classes').wrong('names that differ', 'one twice');
  const majority = field.at('majority');
  const loss = field.at('loss').oneOf(losses);
  return {
    name: field.at('name').text(),
    column: field.at('column').text(),
    kind: field.at('kind').oneOf(['classes']),
    classes,
    majority: majority.isNull() ? null : majority.text(),
    ordinal: field.at('ordinal').flag(),
    loss,
    output: field.at('output').oneOf([loss === 'ordinal' ? 'cumulativeSigmoid' : 'softmax']),
  };
}

/** Of every head, and of no other. */
export function decisionsOf(field: Field, heads: readonly HeadDescription[]): Record<string, Decision> {
  const names = new Set(heads.map(({ name }) => name));
  for (const [name, decision] of field.entries())
    if (!names.has(name)) decision.wrong('the name of a head', JSON.stringify(name));
  return Object.fromEntries(heads.map((head) => [head.name, decisionOf(field.at(head.name), head)]));
}

function decisionOf(field: Field, { classes }: HeadDescription): Decision {
  const probability = (one: Field): number => one.number((p) => p >= 0 && p <= 1, 'a number from 0 to 1');
  const thresholds = field
    .at('thresholds')
    .entries()
    .map(([name, value]) => {
      if (!classes.includes(name)) value.wrong(`one of the classes ${classes.join(', ')}`, `"${name}"`);
      return [name, probability(value)] as const;
    });
  const unknownBelow = field.at('unknownBelow');
  return {
    temperature: field.at('temperature').number((t) => t > 0, 'a number above 0'),
    thresholds: Object.fromEntries(thresholds),
    unknownBelow: unknownBelow.isNull() ? null : probability(unknownBelow),
  };
}

function texts(field: Field): string[] {
  return field.list().map((item) => item.text());
}

function digest(field: Field): string {
  const text = field.text();
  if (field.isText() && !/^[0-9a-f]{64}$/.test(text)) field.wrong('64 hexadecimal digits');
  return text;
}
