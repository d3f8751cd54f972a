/** Which program decodes images here, its libraries among it. */
import sharp from 'sharp';
import { tensorflowVersion } from '../setup/versions.mjs';

const libraries = `tensorflow ${tensorflowVersion} sharp ${sharp.versions.sharp ?? ''} vips ${sharp.versions.vips}`;

/** Changes whenever the same file may give other pixels: with our own code, TensorFlow, sharp, or the libraries in it. */
export const decoderVersion = `4 ${libraries}`;

/** That of version 0.1.0, where it had the same libraries. */
export const firstDecoderVersion = `3 ${libraries}`;
