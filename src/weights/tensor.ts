/** A file of weights, whatever its format: its tensors by their own names, and by the names that they have here. */

export interface FileTensor {
  /** As the file names it. */
  readonly name: string;
  /** `<layer>/<weight>` here: the first that the network has is meant. Empty where it is no weight of a network. */
  readonly targets: readonly string[];
  /** As here: kernels are [height, width, inputs, outputs] or [inputs, outputs]. */
  readonly shape: readonly number[];
  read(): Float32Array;
}

export interface WeightsFile {
  /** What it is, for people: `safetensors`, `Keras 3 (.weights.h5)`, … */
  readonly format: string;
  /** SHA-256 of its bytes in hexadecimal. */
  readonly digest: string;
  readonly tensors: readonly FileTensor[];
}

/** A file that holds no weights that can be read. */
export class WeightsFileError extends Error {
  /** What to do. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'WeightsFileError';
    this.hint = hint;
  }
}
