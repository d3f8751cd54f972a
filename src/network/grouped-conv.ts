/**
 * Convolution in groups: every group of output channels reads a group of input channels of its own (Xie et al.,
 * arXiv:1611.05431). tfjs refuses kernels of fewer inputs than the images have channels; TensorFlow takes them, and finds
 * the groups by comparing both. Its gradient ops do so on the CPU for the paddings SAME and VALID, and refuse groups with
 * EXPLICIT, so other zeros go around the images before. Shape letters: B batch, H height, W width, C channels, I inputs of
 * a group, O outputs of all.
 */
import { nodeBackend } from '../tensorflow/ops.ts';
import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

const { binding } = nodeBackend();

/**
 * @param kernel_HWIO outputs of the first group first
 * @returns [B, H, W, O]
 */
export function groupedConv(
  x_BHWC: tf.Tensor,
  kernel_HWIO: tf.Tensor,
  strides: readonly [number, number],
  padding: 'same' | 'valid',
): tf.Tensor {
  const attributes = [
    attribute.type('T', 'float32'),
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, ...strides, 1] },
    attribute.string('padding', padding.toUpperCase()),
    attribute.string('data_format', 'NHWC'),
    { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
  ];
  const withGradient = tf.customGrad((...args) => {
    const [x, kernel, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, kernel]);
    return {
      value: rawOp('Conv2D', attributes, [x, kernel], 1)[0]!,
      gradFunc(dy, [image, filter]) {
        const sizes = (tensor: tf.Tensor): tf.Tensor => tf.tensor1d(tensor.shape, 'int32');
        const ofImage = [sizes(image!), filter!, dy];
        const ofFilter = [image!, sizes(filter!), dy];
        return [
          rawOp('Conv2DBackpropInput', attributes, ofImage, 1)[0]!,
          rawOp('Conv2DBackpropFilter', attributes, ofFilter, 1)[0]!,
        ];
      },
    };
  });
  return withGradient(x_BHWC, kernel_HWIO);
}
