/**
 * A model as the bytes of an ONNX file: uint8 images [N, S, S, 3] to the probabilities of every head and the class that it
 * answers. Shape letters: N images, S side of a decoded image, H side that the network takes, K classes.
 */
import type { InputDescription, Model } from '../../bundle/model.ts';
import type { StoredTensor } from '../../weights/safetensors.ts';
import { recordAnswers } from '../answers.ts';
import { labelsOf } from '../labels.ts';
import { namesOf } from '../names.ts';
import { createOnnxGraph, type OnnxGraph, onnxOps } from './graph.ts';
import { writeLayer } from './layers.ts';
import {
  dataTypes,
  encodeModel,
  type ModelMessage,
  type TensorMessage,
  type ValueMessage,
} from './messages.ts';

/** The first in which a resize can name the axes it is about. */
const OPSET = 18;
/** The version of the file's format that came with this opset: https://onnx.ai/onnx/repo-docs/Versioning.html. */
const IR_VERSION = 8;
/** A message of protocol buffers is smaller than 2 GB; what is left is for everything but weights. */
const MOST_BYTES = 2 ** 31 - 2 ** 26;
/** Where weights that are too large for the file lie beside it. */
export const WEIGHTS_FILE = 'model.onnx.data';

export interface OnnxFiles {
  readonly bytes: Uint8Array;
  /** Of `WEIGHTS_FILE`, one after the other; none where the file holds all weights. */
  readonly weights: readonly Uint8Array[];
}

/** @param mostBytes of weights in the file itself */
export function onnxFiles(model: Model, mostBytes = MOST_BYTES): OnnxFiles {
  const { description, weights } = model;
  const { input, heads, decisions, network, name, run, versions } = description;
  const names = namesOf(heads);
  const outputs = names.heads.flatMap((head) => [head.probabilities, head.class]);
  const graph = createOnnxGraph([names.images, ...outputs]);
  const images = writeImages(graph, names.images, input);
  const values = new Map<string, string>();
  const shapes = new Map(network.layers.map((layer) => [layer.name, layer.outputShape]));
  for (const layer of network.layers) {
    const value = writeLayer(layer, {
      graph,
      images,
      inputs: layer.inputs.map((before) => values.get(before)!),
      inputShape: shapes.get(layer.inputs[0] ?? '') ?? [],
      output: `network/${layer.name}`,
      isPooled: network.layers.some(({ type, inputs }) => type === 'maxPool' && inputs.includes(layer.name)),
      weight: (key): StoredTensor & { name: string } => {
        const full = `${layer.name}/${key}`;
        return { ...weights.get(full)!, name: full };
      },
    });
    values.set(layer.name, value);
  }
  const ops = onnxOps(graph);
  network.heads.forEach(({ head, layer }, h) => {
    const answers = recordAnswers(ops, values.get(layer)!, heads[h]!, decisions[head]!);
    graph.output(names.heads[h]!.probabilities, answers.probabilities);
    graph.output(names.heads[h]!.class, answers.class);
  });
  const side = input.decodedSize;
  const { constants, beside } = divided(graph.constants, mostBytes);
  const message: ModelMessage = {
    ir_version: IR_VERSION,
    producer_name: 'manyheads',
    producer_version: versions.manyheads,
    model_version: 1,
    doc_string: `${name}, of the run ${run.id}`,
    opset_import: [{ domain: '', version: OPSET }],
    // What labels.json says, for who has the file alone.
    metadata_props: [{ key: 'labels', value: JSON.stringify(labelsOf(description)) }],
    graph: {
      name: 'model',
      node: graph.nodes,
      initializer: constants,
      input: [
        describedValue(
          names.images,
          'uint8',
          ['N', side, side, 3],
          `RGB images, decoded to ${side} × ${side} pixels`,
        ),
      ],
      output: names.heads.flatMap(({ head, ...own }, h) => [
        describedValue(
          own.probabilities,
          'float32',
          ['N', heads[h]!.classes.length],
          `probabilities of ${head}`,
        ),
        describedValue(
          own.class,
          'int64',
          ['N'],
          `the class that is answered for ${head}; -1 for "don't know"`,
        ),
      ]),
    },
  };
  return { bytes: encodeModel(message), weights: beside };
}

/** Decoded images to those that the network takes, [N, 3, H, H]: as `imagesOf` of src/bundle/program.ts. */
function writeImages(
  graph: OnnxGraph,
  images: string,
  { decodedSize, imageSize, normalization }: InputDescription,
): string {
  const pixels = graph.node('Transpose', [images], { perm: { ints: [0, 3, 1, 2] } });
  const numbers = graph.node('Cast', [pixels], { to: { i: dataTypes.float32 } });
  // Linear between pixel centres is the default of the half_pixel coordinates; nothing beyond the edge is ever read.
  const sized =
    imageSize === decodedSize
      ? numbers
      : graph.node('Resize', [numbers, '', '', graph.numbers(imageSize, imageSize)], {
          axes: { ints: [2, 3] },
          mode: { s: 'linear' },
        });
  if (normalization !== 'perImage') {
    const ofChannels = (values: readonly number[]): string =>
      graph.constant(Float32Array.from(values), [1, 3, 1, 1]);
    return graph.node('Div', [
      graph.node('Sub', [sized, ofChannels(normalization.mean)]),
      ofChannels(normalization.std),
    ]);
  }
  const axes = graph.numbers(1, 2, 3);
  const mean = (value: string): string => graph.node('ReduceMean', [value, axes], { keepdims: { i: 1 } });
  const centred = graph.node('Sub', [sized, mean(sized)]);
  const deviation = graph.node('Sqrt', [mean(graph.node('Mul', [centred, centred]))]);
  const smallest = 1 / Math.sqrt(imageSize * imageSize * 3);
  return graph.node('Div', [
    centred,
    graph.node('Max', [deviation, graph.constant(Float32Array.of(smallest), [1])]),
  ]);
}

/** Weights in the file, or where they are too many in one beside it. */
function divided(
  constants: readonly TensorMessage[],
  mostBytes: number,
): { constants: readonly TensorMessage[]; beside: readonly Uint8Array[] } {
  const bytes = constants.reduce((sum, { raw_data }) => sum + raw_data!.length, 0);
  if (bytes <= mostBytes) return { constants, beside: [] };
  const beside: Uint8Array[] = [];
  let offset = 0;
  const named = constants.map(({ raw_data, ...tensor }): TensorMessage => {
    const { length } = raw_data!;
    // Shapes and axes are looked at before any weight is read.
    if (tensor.data_type !== dataTypes.float32) return { ...tensor, raw_data: raw_data! };
    beside.push(raw_data!);
    const place = { location: WEIGHTS_FILE, offset: String(offset), length: String(length) };
    offset += length;
    return {
      ...tensor,
      external_data: Object.entries(place).map(([key, value]) => ({ key, value })),
      data_location: 1,
    };
  });
  return { constants: named, beside };
}

function describedValue(
  name: string,
  type: keyof typeof dataTypes,
  shape: readonly (number | string)[],
  description: string,
): ValueMessage {
  const dim = shape.map((side) => (typeof side === 'number' ? { dim_value: side } : { dim_param: side }));
  return {
    name,
    doc_string: description,
    type: { tensor_type: { elem_type: dataTypes[type], shape: { dim } } },
  };
}
