/** Which program decodes images here, its libraries among it. */
import sharp from 'sharp';
import { tensorflowVersion } from '../setup/versions.mjs';

/** Changes whenever the same file may give other pixels: with our own code, TensorFlow, sharp, or the libraries in it. */
export const decoderVersion = `4 tensorflow ${tensorflowVersion} sharp ${sharp.versions.sharp ?? ''} vips ${sharp.versions.vips}`;
