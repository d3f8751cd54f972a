/** Inputs and attributes for every op that can be recorded, by the op's name. */
import type { Attribute, Attributes } from '../../src/graph/attributes.ts';
import type { Shape, TensorSpec, TensorType } from '../../src/graph/types.ts';
import { handleAttributes, type Input } from './eager-op.ts';

export interface ShapeCase {
  readonly inputs: readonly Input[];
  readonly attributes: Attributes;
}

const float = (...shape: number[]): Input => ({ shape, dtype: 'float32' });
const of = (dtype: TensorType, ...shape: number[]): Input => ({ shape, dtype });
const int = (...values: number[]): Input => ({ shape: [values.length], dtype: 'int32', values });
const scalar = (value: number, dtype: TensorType = 'int32'): Input => ({ shape: [], dtype, values: [value] });
const ints = (shape: Shape, ...values: number[]): Input => ({ shape, dtype: 'int32', values });
const texts = (...texts: string[]): Input => ({ shape: [texts.length], dtype: 'string', texts });
const variable = (...shape: number[]): Input => ({
  shape: [],
  dtype: 'resource',
  variable: { shape, dtype: 'float32' },
});

const given = (inputs: readonly Input[], attributes: Attributes = {}): ShapeCase => ({ inputs, attributes });
const type = (value: TensorType): Attribute => ({ kind: 'type', value });
const number = (value: number): Attribute => ({ kind: 'int', value });
const decimal = (value: number): Attribute => ({ kind: 'float', value });
const flag = (value: boolean): Attribute => ({ kind: 'bool', value });
const text = (value: string): Attribute => ({ kind: 'string', value });
const list = (...value: number[]): Attribute => ({ kind: 'ints', value });

function each(names: string, ...cases: ShapeCase[]): Record<string, ShapeCase[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, cases]));
}

const window = (strides: number[], padding: string, more: Attributes = {}): Attributes => ({
  strides: list(...strides),
  padding: text(padding),
  data_format: text(strides.length === 5 ? 'NDHWC' : 'NHWC'),
  ...more,
});
const convolution = (strides: number[], padding: string, dilation = 1, more: Attributes = {}): Attributes =>
  window(strides, padding, {
    dilations: list(1, ...new Array(strides.length - 2).fill(dilation), 1),
    ...more,
  });
const pool = (size: number[], strides: number[], padding: string): Attributes =>
  window(strides, padding, { ksize: list(...size) });
const morphology = (padding: string): Attributes => ({
  strides: list(1, 2, 1, 1),
  rates: list(1, 1, 2, 1),
  padding: text(padding),
});
/** Of a batch norm before a convolution: its input, and mean, variance, gamma and beta. */
const pieces = [float(2, 5, 6, 64), float(2, 5, 6, 32)];
const vectors = Array.from({ length: 4 }, () => float(96));
const normRelu: Attributes = { epsilon: { kind: 'float', value: 1e-3 }, relu: { kind: 'bool', value: true } };
const norm = (training: boolean): Attributes => ({
  epsilon: decimal(1e-3),
  data_format: text('NHWC'),
  is_training: flag(training),
});
const keep = (value: boolean): Attributes => ({ keep_dims: flag(value) });
const masks = (begin: number, end: number, ellipsis: number, fresh: number, shrink: number): Attributes => ({
  begin_mask: number(begin),
  end_mask: number(end),
  ellipsis_mask: number(ellipsis),
  new_axis_mask: number(fresh),
  shrink_axis_mask: number(shrink),
});

const images = float(2, 9, 8, 3);
const key = of('uint64', 1);
const counter = of('uint64', 2);
const keyed = [int(3, 2), key, counter, scalar(1)];
const perChannel = float(3);

export const shapeCases: Readonly<Record<string, readonly ShapeCase[]>> = {
  ...each(
    'Abs Acos Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Log Log1p Neg OnesLike Reciprocal Relu ' +
      'Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Square Tan Tanh ZerosLike ' +
      'Identity DeepCopy IsFinite IsInf IsNan',
    given([float(2, 3)]),
    given([of('half', 4)]),
  ),
  ...each('Acosh Rint', given([float(2, 3)])),
  ...each('LeakyRelu', given([float(2, 3)], { alpha: decimal(0.1) })),
  ...each(
    'EluGrad ReciprocalGrad Relu6Grad ReluGrad RsqrtGrad SeluGrad SigmoidGrad SoftplusGrad SoftsignGrad SqrtGrad TanhGrad',
    given([float(2, 3), float(2, 3)]),
  ),
  LeakyReluGrad: [given([float(2), float(2)], { alpha: decimal(0.1) })],
  ...each(
    'Add AddV2 Atan2 Div DivNoNan FloorDiv FloorMod Maximum Minimum Mul MulNoNan Pow RealDiv SquaredDifference Sub ' +
      'Xdivy Xlogy Greater GreaterEqual Less LessEqual',
    given([float(2, 3), float(2, 3)]),
    given([float(4, 1, 3), float(5, 1)]),
    given([float(), float(2, 0)]),
  ),
  AddV2: [given([of('bfloat16', 2, 1), of('bfloat16', 3)]), given([of('int64', 2), of('int64')])],
  ...each('Equal NotEqual', given([float(4, 1), float(3)], { incompatible_shape_error: flag(true) })),
  ...each('BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift', given([int(1, 2), scalar(3)])),
  ...each('LogicalAnd LogicalOr', given([of('bool', 2, 1), of('bool', 3)])),
  LogicalNot: [given([of('bool', 2)])],
  AddN: [given([float(2, 3), float(2, 3), float(2, 3)], { N: number(3) })],
  Cast: (['int32', 'half', 'bfloat16', 'uint8', 'int64', 'bool', 'float64'] as const).map((to) =>
    given([float(2, 3)], { DstT: type(to), Truncate: flag(false) }),
  ),
  ClipByValue: [given([float(2, 3), float(), float()])],
  Select: [
    given([of('bool', 2, 3), float(2, 3), float(2, 3)]),
    given([of('bool', 2), float(2, 3), float(2, 3)]),
    given([of('bool'), float(2, 3), float(2, 3)]),
  ],
  SelectV2: [given([of('bool'), float(2, 1), float(3)])],
  Complex: [given([float(2, 1), float(3)], { Tout: type('complex64') })],
  ...each('ComplexAbs Imag Real', given([of('complex64', 2, 3)])),

  ...each(
    'EuclideanNorm Max Mean Min Prod Sum',
    given([float(2, 3, 4), int(1)], keep(false)),
    given([float(2, 3, 4), int(0, -1)], keep(true)),
    given([float(2, 3), int()], keep(false)),
    given([float(2, 3), int(0, 1)], keep(false)),
  ),
  ...each('All Any', given([of('bool', 2, 3), int(1)], keep(false))),
  ...each(
    'ArgMax ArgMin',
    given([float(2, 3, 4), scalar(-1)], { output_type: type('int32') }),
    given([float(2, 3, 4), scalar(1)]),
  ),
  ...each('Cumprod Cumsum', given([float(2, 3), scalar(1)], { exclusive: flag(true), reverse: flag(false) })),
  Bincount: [given([int(0, 1, 1), scalar(4), float(0)])],
  DenseBincount: [
    given([int(0, 1, 1), scalar(4), float(0)], { binary_output: flag(false) }),
    given([ints([2, 3], 0, 1, 1, 2, 0, 1), scalar(5), float(2, 3)], { binary_output: flag(false) }),
  ],
  L2Loss: [given([float(2, 3)])],
  UnsortedSegmentSum: [given([float(3, 2), int(0, 1, 0), scalar(4)])],

  Conv2D: [
    given([images, float(3, 3, 3, 4)], convolution([1, 1, 1, 1], 'SAME')),
    given([images, float(3, 2, 3, 4)], convolution([1, 2, 2, 1], 'VALID')),
    given([images, float(3, 3, 3, 4)], convolution([1, 2, 3, 1], 'SAME')),
    given([images, float(3, 3, 3, 4)], convolution([1, 1, 1, 1], 'VALID', 2)),
    given([float(2, 9, 8, 8), float(3, 3, 2, 12)], convolution([1, 1, 1, 1], 'SAME')),
    given(
      [images, float(3, 3, 3, 4)],
      convolution([1, 2, 2, 1], 'EXPLICIT', 1, { explicit_paddings: list(0, 0, 1, 2, 0, 1, 0, 0) }),
    ),
  ],
  // With groups, on the CPU, for SAME and VALID alone: EXPLICIT is refused, whatever the numbers are.
  Conv2DBackpropInput: [
    given([int(2, 9, 8, 3), float(3, 3, 3, 4), float(2, 5, 4, 4)], convolution([1, 2, 2, 1], 'SAME')),
    given([int(2, 9, 8, 8), float(3, 3, 2, 12), float(2, 9, 8, 12)], convolution([1, 1, 1, 1], 'SAME')),
    given([int(2, 9, 8, 8), float(3, 3, 2, 12), float(2, 4, 3, 12)], convolution([1, 2, 2, 1], 'VALID')),
  ],
  Conv2DBackpropFilter: [
    given([images, int(3, 3, 3, 4), float(2, 5, 4, 4)], convolution([1, 2, 2, 1], 'SAME')),
    given([float(2, 9, 8, 8), int(3, 3, 2, 12), float(2, 9, 8, 12)], convolution([1, 1, 1, 1], 'SAME')),
    given([float(2, 9, 8, 8), int(3, 3, 2, 12), float(2, 4, 3, 12)], convolution([1, 2, 2, 1], 'VALID')),
  ],
  Conv3D: [given([float(1, 5, 5, 5, 2), float(2, 3, 3, 2, 4)], convolution([1, 1, 2, 1, 1], 'VALID'))],
  Conv3DBackpropInputV2: [
    given(
      [int(1, 5, 5, 5, 2), float(2, 3, 3, 2, 4), float(1, 4, 3, 3, 4)],
      convolution([1, 1, 1, 1, 1], 'VALID'),
    ),
  ],
  Conv3DBackpropFilterV2: [
    given(
      [float(1, 5, 5, 5, 2), int(2, 3, 3, 2, 4), float(1, 4, 3, 3, 4)],
      convolution([1, 1, 1, 1, 1], 'VALID'),
    ),
  ],
  DepthwiseConv2dNative: [
    given([images, float(3, 3, 3, 2)], convolution([1, 1, 1, 1], 'VALID')),
    given([images, float(3, 3, 3, 1)], convolution([1, 2, 2, 1], 'SAME')),
  ],
  DepthwiseConv2dNativeBackpropInput: [
    given([int(2, 9, 8, 3), float(3, 3, 3, 2), float(2, 7, 6, 6)], convolution([1, 1, 1, 1], 'VALID')),
  ],
  DepthwiseConv2dNativeBackpropFilter: [
    given([images, int(3, 3, 3, 2), float(2, 7, 6, 6)], convolution([1, 1, 1, 1], 'VALID')),
  ],
  Dilation2D: [
    given([images, float(3, 3, 3)], morphology('VALID')),
    given([images, float(2, 3, 3)], morphology('SAME')),
  ],
  Dilation2DBackpropInput: [given([images, float(3, 3, 3), float(2, 4, 4, 3)], morphology('VALID'))],
  Dilation2DBackpropFilter: [given([images, float(3, 3, 3), float(2, 4, 4, 3)], morphology('VALID'))],

  ...each(
    'AvgPool MaxPool',
    given([images], pool([1, 3, 2, 1], [1, 2, 2, 1], 'VALID')),
    given([images], pool([1, 2, 2, 1], [1, 3, 2, 1], 'SAME')),
  ),
  AvgPoolGrad: [given([int(2, 9, 8, 3), float(2, 4, 4, 3)], pool([1, 3, 2, 1], [1, 2, 2, 1], 'VALID'))],
  MaxPoolGrad: [
    given([images, float(2, 4, 4, 3), float(2, 4, 4, 3)], pool([1, 3, 2, 1], [1, 2, 2, 1], 'VALID')),
  ],
  ...each(
    'AvgPool3D MaxPool3D',
    given([float(1, 4, 5, 6, 2)], pool([1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'VALID')),
  ),
  AvgPool3DGrad: [
    given([int(1, 4, 4, 4, 2), float(1, 2, 2, 2, 2)], pool([1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'VALID')),
  ],
  MaxPool3DGrad: [
    given(
      [float(1, 4, 4, 4, 2), float(1, 2, 2, 2, 2), float(1, 2, 2, 2, 2)],
      pool([1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'VALID'),
    ),
  ],

  Reshape: [given([float(2, 6), int(3, -1)]), given([float(1), int()]), given([of('uint8', 2, 3), int(6)])],
  ExpandDims: [given([float(2, 3), scalar(1)]), given([float(2, 3), scalar(-1)])],
  Squeeze: [
    given([float(1, 2, 1, 3)], { squeeze_dims: list() }),
    given([float(1, 2, 1, 3)], { squeeze_dims: list(-2) }),
  ],
  ConcatV2: [
    given([float(2, 3), float(2, 1), scalar(-1)], { N: number(2) }),
    given([float(2, 3), float(4, 3), scalar(0)], { N: number(2) }),
  ],
  Split: [given([scalar(1), float(2, 6)], { num_split: number(3) })],
  SplitV: [given([float(2, 6), int(1, -1, 2), scalar(-1)], { num_split: number(3) })],
  Pack: [given([float(2, 3), float(2, 3)], { N: number(2), axis: number(-1) })],
  Unpack: [given([float(2, 3)], { num: number(3), axis: number(1) })],
  Slice: [given([float(4, 5), int(1, 2), int(-1, 2)])],
  StridedSlice: [
    given([float(7, 6, 5), int(1, 0), int(6, 6), int(2, 3)], masks(0, 0, 0, 0, 0)),
    given([float(7, 6, 5), int(-1, 0), int(-8, 4), int(-1, 1)], masks(0, 0, 0, 0, 0)),
    given([float(7, 6, 5), int(2, 3), int(4, 5), int(1, -2)], masks(3, 3, 0, 0, 0)),
    given([float(7, 6, 5), int(1, 0, 0, 2), int(2, 0, 0, 9), int(1, 1, 1, 1)], masks(0, 0, 2, 4, 1)),
    given([float(7, 6, 5), int(3), int(1), int(1)], masks(0, 0, 0, 0, 0)),
  ],
  Transpose: [given([float(2, 3, 4), int(2, 0, 1)])],
  Tile: [given([float(2, 3), int(2, 1)])],
  Pad: [given([float(2, 3), ints([2, 2], 1, 0, 2, 3)])],
  PadV2: [given([float(2, 3), ints([2, 2], 1, 0, 2, 3), float()])],
  MirrorPad: [given([float(4, 3), ints([2, 2], 1, 0, 2, 1)], { mode: text('REFLECT') })],
  ReverseV2: [given([float(2, 3), int(1)])],
  Fill: [given([int(2, 3), float()])],
  BroadcastTo: [given([float(3, 1), int(2, 3, 4)])],
  BroadcastArgs: [given([int(3, 1), int(2, 3, 4)])],
  OneHot: [
    given([int(0, 1, 5), scalar(4), float(), float()], { axis: number(-1) }),
    given([ints([2, 2], 0, 1, 2, 3), scalar(4), scalar(1), scalar(0)], { axis: number(1) }),
  ],
  Range: [given([scalar(2), scalar(9), scalar(3)]), given([scalar(5), scalar(0), scalar(-2)])],
  LinSpace: [given([float(), float(), scalar(5)])],
  Diag: [given([float(2, 3)])],
  SpaceToBatchND: [given([float(1, 4, 5, 2), int(2, 2), ints([2, 2], 0, 0, 1, 0)])],
  BatchToSpaceND: [given([float(4, 2, 3, 2), int(2, 2), ints([2, 2], 0, 0, 1, 0)])],
  DepthToSpace: [given([float(1, 2, 3, 8)], { block_size: number(2), data_format: text('NHWC') })],
  SpaceToDepth: [given([float(1, 4, 6, 2)], { block_size: number(2), data_format: text('NHWC') })],

  GatherV2: [
    given([float(4, 3), ints([2, 2], 0, 1, 3, 2), scalar(0)], { batch_dims: number(0) }),
    given([of('uint8', 4, 3), int(0, 2), scalar(-1)], { batch_dims: number(0) }),
    given([float(2, 4, 3), ints([2, 2], 0, 1, 3, 2), scalar(1)], { batch_dims: number(1) }),
  ],
  GatherNd: [given([float(4, 3, 2), ints([2, 2], 0, 1, 3, 2)])],
  ScatterNd: [given([ints([2, 1], 0, 2), float(2, 3), int(4, 3)])],
  SparseToDense: [
    given([ints([2, 2], 0, 1, 2, 2), int(3, 4), float(2), float()], { validate_indices: flag(true) }),
  ],
  TensorScatterUpdate: [given([float(4, 3), ints([2, 1], 0, 2), float(2, 3)])],
  TopKV2: [given([float(2, 5), scalar(3)], { sorted: flag(true) })],

  ...each('AdjustContrastv2 AdjustHue AdjustSaturation', given([images, float()])),
  ...each('HSVToRGB RGBToHSV', given([images])),
  CropAndResize: [
    given([images, float(5, 4), int(0, 1, 0, 1, 0), int(3, 4)], {
      method: text('bilinear'),
      extrapolation_value: decimal(0),
    }),
  ],
  ImageProjectiveTransformV3: [
    given([images, float(2, 8), int(5, 6), float()], {
      interpolation: text('BILINEAR'),
      fill_mode: text('CONSTANT'),
    }),
    given([of('uint8', 2, 9, 8, 3), float(1, 8), int(5, 6), float()], {
      interpolation: text('NEAREST'),
      fill_mode: text('NEAREST'),
    }),
  ],
  ResizeBilinear: [
    given([images, int(5, 6)], { align_corners: flag(false), half_pixel_centers: flag(true) }),
    given([of('uint8', 2, 9, 8, 3), int(5, 6)], {
      align_corners: flag(true),
      half_pixel_centers: flag(false),
    }),
  ],
  ResizeBilinearGrad: [given([float(2, 5, 6, 3), images], { align_corners: flag(false) })],
  ResizeNearestNeighbor: [given([of('uint8', 2, 9, 8, 3), int(5, 6)], { align_corners: flag(false) })],
  ResizeNearestNeighborGrad: [given([float(2, 5, 6, 3), int(9, 8)], { align_corners: flag(false) })],

  Multinomial: [
    given([float(2, 5), scalar(3)], { output_dtype: type('int32'), seed: number(1), seed2: number(1) }),
  ],
  StatelessRandomGetAlg: [given([])],
  StatelessRandomGetKeyCounter: [given([int(1, 2)])],
  ...each(
    'StatelessRandomNormal StatelessRandomUniform StatelessTruncatedNormal',
    given([int(3, 2), int(1, 2)]),
    given([int(3, 2), int(1, 2)], { dtype: type('half') }),
  ),
  ...each(
    'StatelessRandomNormalV2 StatelessRandomUniformV2 StatelessTruncatedNormalV2',
    given(keyed, { dtype: type('float32') }),
  ),
  StatelessRandomUniformInt: [given([int(3, 2), int(1, 2), scalar(0), scalar(9)])],
  StatelessRandomUniformIntV2: [given([...keyed, scalar(0), scalar(9)])],

  MatMul: [
    given([float(2, 3), float(3, 4)]),
    given([float(3, 2), float(4, 3)], { transpose_a: flag(true), transpose_b: flag(true) }),
  ],
  BatchMatMulV2: [
    given([float(5, 2, 3), float(3, 4)], { adj_x: flag(false), adj_y: flag(false) }),
    given([float(5, 3, 2), float(1, 4, 3)], { adj_x: flag(true), adj_y: flag(true) }),
  ],
  Einsum: [given([float(2, 3, 4), float(4, 5)], { equation: text('bij,jk->bki'), N: number(2) })],
  ...each('FFT IFFT', given([of('complex64', 2, 8)])),

  BiasAdd: [given([images, perChannel], { data_format: text('NHWC') })],
  BiasAddGrad: [given([images], { data_format: text('NHWC') })],
  FusedBatchNorm: [given([images, perChannel, perChannel, perChannel, perChannel], norm(false))],
  FusedBatchNormV3: [
    given([images, perChannel, perChannel, float(0), float(0)], {
      ...norm(true),
      exponential_avg_factor: decimal(1),
    }),
    given([images, perChannel, perChannel, perChannel, perChannel], norm(false)),
    given([of('bfloat16', 2, 4, 4, 3), perChannel, perChannel, float(0), float(0)], norm(true)),
  ],
  FusedBatchNormGradV3: [
    given([images, images, perChannel, perChannel, perChannel, perChannel], norm(true)),
    given([images, images, perChannel, perChannel, perChannel, perChannel], norm(false)),
  ],
  InTopKV2: [given([float(2, 5), int(0, 1), scalar(2)])],
  LRN: [given([images], { depth_radius: number(2) })],
  LRNGrad: [given([images, images, images], { depth_radius: number(2) })],
  ...each('LogSoftmax Softmax', given([float(2, 5)])),
  SoftmaxCrossEntropyWithLogits: [given([float(2, 5), float(2, 5)])],
  SparseSoftmaxCrossEntropyWithLogits: [given([float(2, 5), int(0, 4)])],

  ManyheadsConv3x3: [given([float(2, 5, 6, 64), float(3, 3, 64, 32)])],
  ManyheadsConv3x3InputGrad: [given([float(2, 5, 6, 32), float(3, 3, 64, 32)])],
  ManyheadsConv3x3KernelGrad: [given([float(2, 5, 6, 64), float(2, 5, 6, 32)])],
  ManyheadsMoments: [given([images]), given([float(2, 3)])],
  ManyheadsJoinMoments: [
    given([float(2, 3), float(2, 5), float(8), float(8)], { N: number(2), momentum: decimal(0.9) }),
  ],
  ManyheadsNorm: [
    given([images, float(2, 9, 8, 5), float(8), float(8), float(8), float(8)], { N: number(2), ...normRelu }),
  ],
  ManyheadsNormGrad: [
    given([float(2, 9, 8, 8), images, float(2, 9, 8, 5), float(8), float(8), float(8), float(8)], {
      N: number(2),
      ...normRelu,
      training: flag(true),
    }),
  ],
  ManyheadsNormConv: [given([...pieces, ...vectors, float(1, 1, 96, 32)], { N: number(2), ...normRelu })],
  ManyheadsNormConvGrad: [
    given([float(2, 5, 6, 32), ...pieces, ...vectors, float(1, 1, 96, 32)], {
      N: number(2),
      ...normRelu,
      training: flag(true),
    }),
  ],

  ReadVariableOp: [given([variable(2, 3)], { dtype: type('float32') })],
  ResourceGather: [given([variable(4, 3), ints([2, 2], 0, 1, 3, 2)], { dtype: type('float32') })],
  ...each('AssignAddVariableOp AssignSubVariableOp AssignVariableOp', given([variable(2), float(2)])),
  ...each('ResourceScatterAdd ResourceScatterUpdate', given([variable(3, 2), int(0, 2), float(2, 2)])),
  ResourceApplyAdagradV2: [given([variable(2), variable(2), float(), float(), float(2)])],
  ResourceApplyAdam: [
    given([
      variable(2),
      variable(2),
      variable(2),
      ...Array.from({ length: 6 }, () => scalar(0.5, 'float32')),
      float(2),
    ]),
  ],
  ResourceApplyCenteredRMSProp: [
    given([
      ...Array.from({ length: 4 }, () => variable(2)),
      ...Array.from({ length: 4 }, () => scalar(0.5, 'float32')),
      float(2),
    ]),
  ],
  ResourceApplyGradientDescent: [given([variable(2), float(), float(2)])],
  ...each(
    'ResourceApplyKerasMomentum ResourceApplyMomentum',
    given([variable(2), variable(2), float(), float(2), float()], { use_nesterov: flag(true) }),
  ),
  ResourceApplyRMSProp: [
    given([variable(2), variable(2), variable(2), float(), float(), float(), float(), float(2)]),
  ],
  VarHandleOp: [
    given([], handleAttributes({ shape: [2], dtype: 'float32' } satisfies TensorSpec, 'shape-case')),
  ],

  DecodeRaw: [given([texts('abcd', 'efgh')], { out_type: type('uint8'), little_endian: flag(true) })],
  ImmutableConst: [
    given([], {
      dtype: type('uint8'),
      shape: { kind: 'shape', value: [2, 3] },
      memory_region_name: text(import.meta.filename),
    }),
  ],
  ReadFile: [given([{ shape: [], dtype: 'string', texts: [import.meta.filename] }])],
};
