/** What a model answers. Shape letters: B images, K classes of a head. */

export interface PredictOptions {
  /** Averages the probabilities with those of the mirrored images. @default false */
  readonly flip?: boolean;
  /** In place of the model's own, by head. */
  readonly temperatures?: Readonly<Record<string, number>>;
}

export interface HeadPrediction {
  /** Row by row, B × K. */
  readonly probabilities: Float32Array;
  /** What the head's last layer gives, before the temperature; row by row. Of the images as they are, also with `flip`. */
  readonly outputs: Float32Array;
}

export interface Prediction {
  readonly rows: number;
  readonly heads: Readonly<Record<string, HeadPrediction>>;
  /** Pooled features, row by row. Of the images as they are, also with `flip`. */
  readonly features: Float32Array;
}
