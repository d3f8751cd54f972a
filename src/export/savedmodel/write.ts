/**
 * A model as a graph of TensorFlow's own ops, weights as constants in it: uint8 images [N, S, S, 3] to the probabilities of
 * every head and the class that it answers. Shape letters: N images, S side of a decoded image, H side that the network takes.
 */
import type { InputDescription, Model } from '../../bundle/model.ts';
import { RunError } from '../../errors.ts';
import type { NodeMessage } from '../../graph/protobuf.ts';
import { encodeSavedModel, type TensorInfoMessage } from '../../graph/protobuf.ts';
import { PRODUCER, shapeMessage } from '../../graph/saved-model.ts';
import { type TensorType, typeNumbers } from '../../graph/types.ts';
import { tensorflowVersion } from '../../setup/versions.mjs';
import { recordAnswers } from '../answers.ts';
import { namesOf } from '../names.ts';
import { attribute, byAxis, createPlainGraph, float, type PlainGraph, plainOps } from './graph.ts';
import { writePlainLayer } from './layers.ts';

/** A message of protocol buffers is smaller than 2 GB; what is left is for everything but weights. */
const MOST_BYTES = 2 ** 31 - 2 ** 26;

/** A value of the graph, and what it is called outside. */
interface PlainPort {
  readonly name: string;
  /** Of the node; its first output. */
  readonly node: string;
  readonly dtype: TensorType;
  /** -1 for any number of images. */
  readonly shape: readonly number[];
}

export interface PlainModel {
  readonly nodes: readonly NodeMessage[];
  readonly input: PlainPort;
  /** Probabilities and class of each head, in turn. */
  readonly outputs: readonly PlainPort[];
}

export interface PlainOptions {
  /** Of weights. @default as many as a message of protocol buffers holds */
  readonly mostBytes?: number;
  /** Whether a convolution in groups is written as one for each group. @default false */
  readonly splitsGroups?: boolean;
}

/** @throws RunError where the weights are too large for one file */
export function plainModel(
  { description, weights }: Model,
  { mostBytes = MOST_BYTES, splitsGroups = false }: PlainOptions = {},
): PlainModel {
  const { input, heads, decisions, network } = description;
  if (description.weights.bytes > mostBytes) {
    throw new RunError(
      `a SavedModel cannot hold ${description.weights.bytes} bytes of weights in its one file`,
      {
        hint: 'Export to onnx, which can.',
      },
    );
  }
  const names = namesOf(heads);
  const graph = createPlainGraph();
  const { decodedSize: side } = input;
  const placeholder = graph.node(
    'Placeholder',
    [],
    { dtype: attribute.type('uint8'), shape: attribute.shape(-1, side, side, 3) },
    'images',
  );
  const images = writeImages(graph, placeholder, input);
  const values = new Map<string, string>();
  const shapes = new Map(network.layers.map((layer) => [layer.name, layer.outputShape]));
  for (const layer of network.layers) {
    const value = writePlainLayer(layer, {
      graph,
      images,
      splitsGroups,
      inputs: layer.inputs.map((before) => values.get(before)!),
      inputShape: shapes.get(layer.inputs[0] ?? '') ?? [],
      output: `network/${layer.name}`,
      weight(key) {
        const name = `${layer.name}/${key}`;
        return { ...weights.get(name)!, name };
      },
    });
    values.set(layer.name, value);
  }
  const ops = plainOps(graph);
  const outputs = network.heads.flatMap(({ head, layer }, h): PlainPort[] => {
    const answers = recordAnswers(ops, values.get(layer)!, heads[h]!, decisions[head]!);
    const { probabilities, class: chosen } = names.heads[h]!;
    const port = (name: string, value: string, dtype: 'float32' | 'int64', shape: number[]): PlainPort => ({
      ...{ name, dtype, shape },
      node: graph.node('Identity', [value], { T: attribute.type(dtype) }, `outputs/${name}`),
    });
    return [
      port(probabilities, answers.probabilities, 'float32', [-1, heads[h]!.classes.length]),
      port(chosen, answers.class, 'int64', [-1]),
    ];
  });
  return {
    nodes: graph.nodes,
    input: { name: names.images, node: placeholder, dtype: 'uint8', shape: [-1, side, side, 3] },
    outputs,
  };
}

/** `saved_model.pb` with the one signature that TensorFlow Serving asks for. */
export function savedModelBytes({ nodes, input, outputs }: PlainModel): Uint8Array {
  const info = ({ node, dtype, shape }: PlainPort): TensorInfoMessage => ({
    name: `${node}:0`,
    dtype: typeNumbers[dtype],
    tensor_shape: shapeMessage(shape),
  });
  return encodeSavedModel({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { meta_graph_version: '1', tags: ['serve'], tensorflow_version: tensorflowVersion },
        graph_def: { node: nodes, versions: { producer: PRODUCER } },
        signature_def: {
          serving_default: {
            inputs: { [input.name]: info(input) },
            outputs: Object.fromEntries(outputs.map((port) => [port.name, info(port)])),
            method_name: 'tensorflow/serving/predict',
          },
        },
      },
    ],
  });
}

/** Decoded images to those that the network takes, [N, H, H, 3]: as `imagesOf` of src/bundle/program.ts. */
function writeImages(
  graph: PlainGraph,
  placeholder: string,
  { decodedSize, imageSize, normalization }: InputDescription,
): string {
  const types = { SrcT: attribute.type('uint8'), DstT: attribute.type('float32') };
  const numbers = graph.node('Cast', [placeholder], types);
  const sized =
    imageSize === decodedSize
      ? numbers
      : graph.node('ResizeBilinear', [numbers, graph.numbers(imageSize, imageSize)], {
          ...float,
          align_corners: attribute.flag(false),
          half_pixel_centers: attribute.flag(true),
        });
  if (normalization !== 'perImage') {
    const ofChannels = (values: readonly number[]): string => graph.constant(Float32Array.from(values), [3]);
    const centred = graph.node('Sub', [sized, ofChannels(normalization.mean)], float);
    return graph.node('RealDiv', [centred, ofChannels(normalization.std)], float);
  }
  const keep = { ...byAxis, keep_dims: attribute.flag(true) };
  const mean = (value: string): string => graph.node('Mean', [value, graph.numbers(1, 2, 3)], keep);
  const centred = graph.node('Sub', [sized, mean(sized)], float);
  const deviation = graph.node('Sqrt', [mean(graph.node('Square', [centred], float))], float);
  const smallest = graph.constant(Float32Array.of(1 / Math.sqrt(imageSize * imageSize * 3)), []);
  return graph.node('RealDiv', [centred, graph.node('Maximum', [deviation, smallest], float)], float);
}
