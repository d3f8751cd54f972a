/** What a server takes on, and what it refuses before it costs anything. */

export interface Limits {
  /** Bytes of an image's file. More are answered with 413. */
  readonly imageBytes: number;
  /** Pixels of an image, as its header says. More are answered with 413. */
  readonly pixels: number;
  /** Images of a request. More are answered with 413. */
  readonly images: number;
  /** Images that are in work or wait, of all requests to a model. More are answered with 429. */
  readonly queue: number;
  /** Seconds from the first byte of a request to its answer. What takes longer is answered with 503. */
  readonly seconds: number;
}

export const defaultLimits: Limits = {
  imageBytes: 20 * 2 ** 20,
  pixels: 100e6,
  images: 64,
  queue: 512,
  seconds: 30,
};

/** A request that is answered with an error. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** What to do, one sentence. */
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Seconds after which somebody who was told 429 or 503 may try again. */
export const RETRY_SECONDS = 1;
