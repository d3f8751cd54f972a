/** Hue as torchvision's `adjust_hue`. Shape letters: B batch, H height, W width, C channels. */
import { attribute, rawOp } from '../../../tensorflow/raw-op.ts';
import { tf } from '../../../tensorflow/tf.ts';
import type { ColourChange } from '../changes.ts';
import { perImage } from './blend.ts';

/** Turn of the hue, in parts of the whole circle. */
export const hue: ColourChange = (images_BHWC, turns_B1) => {
  const type = [attribute.type('T', 'float32')];
  const hsv_BHWC = rawOp('RGBToHSV', type, [images_BHWC], 1)[0]!;
  const [hue_BHW1, saturation_BHW1, value_BHW1] = tf.split(hsv_BHWC, 3, 3);
  const turned_BHW1 = tf.mod(tf.add(hue_BHW1!, perImage(turns_B1)), 1);
  const turned_BHWC = tf.concat([turned_BHW1, saturation_BHW1!, value_BHW1!], 3);
  return rawOp('HSVToRGB', type, [turned_BHWC], 1)[0] as tf.Tensor4D;
};
