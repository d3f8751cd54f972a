// Models that are not whole, or not what they say: one clear error each.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readModel } from '../../src/bundle/read.ts';
import { ExperimentError } from '../../src/errors.ts';
import { safeTensorsOf, type WritableTensor, writeSafeTensors } from '../../src/weights/safetensors.ts';
import { copyOf, makeTinyModel, type TinyModel } from './tiny-model.ts';

let tiny: TinyModel;
before(async () => {
  tiny = await makeTinyModel();
});
after(() => tiny?.engine.dispose());

type Json = Record<string, unknown>;

/** Messages of what is wrong with a copy in which something was changed. */
function problemsOf(change: (folder: string) => void): string[] {
  const folder = copyOf(tiny.folder);
  change(folder);
  try {
    readModel(folder);
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems.map(({ path, message }) =>
      `${path} ${message}`.replaceAll(`${folder}/`, '').trim(),
    );
  }
  return [];
}

function editDescription(change: (description: Json) => void): (folder: string) => void {
  return (folder) => {
    const file = join(folder, 'model.json');
    const description = JSON.parse(readFileSync(file, 'utf8')) as Json;
    change(description);
    writeFileSync(file, JSON.stringify(description));
  };
}

/** Writes other weights, with a description that has the right digest: someone may have meant it. */
function editWeights(change: (tensors: Map<string, WritableTensor>) => void): (folder: string) => void {
  return (folder) => {
    const file = join(folder, 'weights.safetensors');
    const tensors = new Map<string, WritableTensor>(
      [...safeTensorsOf(readFileSync(file)).tensors].map(([name, { shape, read }]) => [
        name,
        { shape, values: read() },
      ]),
    );
    change(tensors);
    writeSafeTensors(file, { tensors, metadata: {} });
    sign(folder);
  };
}

function sign(folder: string): void {
  const bytes = readFileSync(join(folder, 'weights.safetensors'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  editDescription((description) => {
    description.weights = { sha256, bytes: bytes.length };
  })(folder);
}

/** The part of the description at a path. */
function at(description: Json, ...path: (string | number)[]): Json {
  return path.reduce<unknown>((value, key) => (value as Json)[key as string], description) as Json;
}

test('readModel - a whole one, with every weight of its network', () => {
  const { description, weights, readProof } = readModel(tiny.folder);
  assert.equal(description.run.id, '20261201-120000-tiny-abcdef');
  assert.deepEqual(
    description.heads.map(({ name, classes }) => [name, classes]),
    [
      ['colour', ['red', 'green', 'blue']],
      ['shape', ['disc', 'square', 'stripes']],
    ],
  );
  assert.deepEqual(description.input.normalization, tiny.data.normalization);
  const names = description.network.layers.flatMap((layer) => layer.weights.map(({ name }) => name));
  assert.deepEqual([...weights.keys()], names);
  const state = tiny.engine.readWeights();
  for (const [name, { values }] of weights) assert.deepEqual(values, state.get(`weights/${name}`)!.values);
  const proof = readProof()!;
  assert.equal(proof.images.length, 8);
  assert.equal(proof.pixels_NSS3.length, 8 * 24 * 24 * 3);
  assert.match(proof.images[0]!, /^images\/\d+\.png$/);
});

test('readModel - no folder, and a folder without a model', () => {
  for (const folder of [join(tiny.folder, 'none'), join(tiny.folder, '..')])
    assert.throws(
      () => readModel(folder),
      (error) =>
        error instanceof ExperimentError &&
        error.problems[0]!.code === 'fileNotFound' &&
        /expected a model's folder, found no model\.json in/.test(error.message),
    );
});

const weightsFile = (folder: string): string => join(folder, 'weights.safetensors');

const wrong: readonly [title: string, change: (folder: string) => void, problem: RegExp][] = [
  [
    'weights that were cut',
    (folder) => truncateSync(weightsFile(folder), 40_000),
    /^weights\.safetensors has 40000 bytes, model\.json says \d+$/,
  ],
  [
    'weights of as many bytes, one of them another',
    (folder) => {
      const bytes = readFileSync(weightsFile(folder));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(weightsFile(folder), bytes);
    },
    /^weights\.safetensors is not the one that model\.json speaks of: its SHA-256 begins with \w{12}, not/,
  ],
  ['no weights', (folder) => rmSync(weightsFile(folder)), /^weights\.safetensors can't be read \(ENOENT\)$/],
  [
    'weights that are no safetensors',
    (folder) => {
      writeFileSync(weightsFile(folder), 'PK\u0003\u0004 and so on');
      sign(folder);
    },
    /^weights\.safetensors is not a whole safetensors file: its header of \d+ bytes goes beyond its end$/,
  ],
  [
    'a weight that is missing',
    editWeights((tensors) => tensors.delete('colour_output/kernel')),
    /^weights\.safetensors lacks colour_output\/kernel, which the network needs$/,
  ],
  [
    'a weight that nobody asked for',
    editWeights((tensors) => tensors.set('extra/kernel', { shape: [1], values: Float32Array.of(1) })),
    /^weights\.safetensors holds extra\/kernel, which the network does not have$/,
  ],
  [
    'a weight of another shape',
    editWeights((tensors) => {
      const { values } = tensors.get('colour_output/kernel')!;
      tensors.set('colour_output/kernel', { shape: [3, 16], values });
    }),
    /expected colour_output\/kernel as F32 \[16, 3\], found F32 \[3, 16\]$/,
  ],
  [
    'a weight of bytes',
    editWeights((tensors) => {
      tensors.set('colour_output/bias', { shape: [3], values: Uint8Array.of(1, 2, 3) });
    }),
    /expected colour_output\/bias as F32 \[3\], found U8 \[3\]$/,
  ],
  [
    'a weight that is no number',
    editWeights((tensors) => {
      tensors.set('colour_output/bias', { shape: [3], values: Float32Array.of(1, Number.NaN, 0) });
    }),
    /colour_output\/bias holds numbers that are not finite$/,
  ],
  [
    'a description that was cut',
    (folder) => truncateSync(join(folder, 'model.json'), 3000),
    /^model\.json is not whole: /,
  ],
  [
    'a list',
    (folder) => writeFileSync(join(folder, 'model.json'), '[]'),
    /does not call itself "manyheads-model"$/,
  ],
  [
    'another program',
    editDescription((description) => {
      description.format = 'other';
    }),
    /^model\.json does not call itself "manyheads-model"$/,
  ],
  [
    'a version to come',
    editDescription((description) => {
      description.version = 2;
    }),
    /^model\.json is of version 2 of the format, and this program reads version 1$/,
  ],
  [
    'a key that is missing',
    editDescription((description) => {
      delete at(description, 'input').fit;
    }),
    /^input\.fit model\.json: expected one of stretch, crop, pad, found nothing$/,
  ],
  [
    'a deviation of zero',
    editDescription((description) => {
      at(description, 'input', 'normalization').std = [60, 0, 60];
    }),
    /^input\.normalization\.std\[1\] model\.json: expected a number above 0, found 0$/,
  ],
  [
    'images enlarged after decoding',
    editDescription((description) => {
      at(description, 'input').decodedSize = 16;
    }),
    /^input\.imageSize model\.json: expected at most the decodedSize, 16, found 24$/,
  ],
  [
    'fewer classes than outputs',
    editDescription((description) => {
      at(description, 'heads', 0).classes = ['red', 'green'];
    }),
    /^network\.heads\[0\]\.layer model\.json: expected a layer with 2 outputs, found "colour_output" with \[3\]$/,
  ],
  [
    'a majority that is no class',
    editDescription((description) => {
      at(description, 'heads', 0).majority = 'mauve';
    }),
    /^heads\[0\]\.majority model\.json: expected one of the classes, or null, found "mauve"$/,
  ],
  [
    'a class twice',
    editDescription((description) => {
      at(description, 'heads', 0).classes = ['red', 'green', 'red'];
    }),
    /^heads\[0\]\.classes model\.json: expected names that differ, found one twice$/,
  ],
  [
    'a threshold above 1',
    editDescription((description) => {
      at(description, 'decisions', 'colour').thresholds = { red: 1.5 };
    }),
    /^decisions\.colour\.thresholds\.red model\.json: expected a number from 0 to 1, found 1\.5$/,
  ],
  [
    'a temperature of zero',
    editDescription((description) => {
      at(description, 'decisions', 'colour').temperature = 0;
    }),
    /^decisions\.colour\.temperature model\.json: expected a number above 0, found 0$/,
  ],
  [
    'a decision of no head',
    editDescription((description) => {
      at(description, 'decisions').age = {};
    }),
    /^decisions\.age model\.json: expected the name of a head, found "age"$/,
  ],
  [
    'a type of layer that is not known',
    editDescription((description) => {
      at(description, 'network', 'layers', 1).type = 'lambda';
    }),
    /^network\.layers\[1\]\.type model\.json: expected one of input, zeroPad, .*, found "lambda"$/,
  ],
  [
    'a layer that reads one behind it',
    editDescription((description) => {
      at(description, 'network', 'layers', 1).inputs = ['shape_output'];
    }),
    /^network\.layers\[1\]\.inputs\[0\] model\.json: expected the name of a layer before this one, found "shape_output"$/,
  ],
  [
    'a shape that would fill the memory',
    editDescription((description) => {
      at(description, 'network', 'layers', 1, 'weights', 0).shape = [1e9, 1e9, 3, 8];
    }),
    /^network\.layers\[1\]\.weights\[0\]\.shape\[0\] model\.json: expected a whole number from 1 to \d+, found 1000000000$/,
  ],
  [
    'settings that would fill the memory',
    editDescription((description) => {
      at(description, 'network', 'layers', 1).settings = {
        ...at(description, 'network', 'layers', 1, 'settings'),
        filters: 1e12,
      };
    }),
    /^network\.layers\[1\]\.settings\.filters model\.json: expected a whole number/,
  ],
  [
    'a network for other images',
    editDescription((description) => {
      at(description, 'network', 'layers', 0).outputShape = [32, 32, 3];
    }),
    /^network\.layers\[0\]\.outputShape model\.json: expected \[24, 24, 3\], found \[32, 32, 3\]$/,
  ],
  [
    'heads in another order than the network has them',
    editDescription((description) => {
      (description.heads as unknown[]).reverse();
    }),
    /^network\.heads\[0\]\.head model\.json: expected "shape", found "colour"$/,
  ],
];

for (const [title, change, problem] of wrong) {
  test(`readModel - refuses ${title}`, () => {
    const problems = problemsOf(change);
    assert.match(problems[0] ?? 'nothing is wrong', problem);
  });
}

test('readModel - tells all that is wrong at once', () => {
  const problems = problemsOf(
    editDescription((description) => {
      description.name = 3;
      at(description, 'input').colours = 'bgr';
      at(description, 'weights').sha256 = 'abc';
    }),
  );
  assert.deepEqual(problems, [
    'input.colours model.json: expected "rgb", found "bgr"',
    'name model.json: expected a text, found 3',
    'weights.sha256 model.json: expected 64 hexadecimal digits, found "abc"',
  ]);
});

test('readModel - a proof that was cut, or is of other images, is refused when it is read', () => {
  const cut = copyOf(tiny.folder);
  truncateSync(join(cut, 'proof.safetensors'), 1000);
  assert.throws(
    () => readModel(cut).readProof(),
    /proof\.safetensors is not the one that model\.json speaks of/,
  );
  const fewer = copyOf(tiny.folder);
  editDescription((description) => {
    (at(description, 'proof').images as unknown[]).pop();
  })(fewer);
  assert.throws(
    () => readModel(fewer).readProof(),
    /expected images as U8 \[7, 24, 24, 3\], found U8 \[8, 24, 24, 3\]/,
  );
});
