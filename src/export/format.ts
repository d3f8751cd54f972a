/** What a format of an export is. Shape letters: N images, S side of a decoded image, K classes of a head. */
import type { Model } from '../bundle/model.ts';

/** What a head of an exported file answers. */
export interface ExportedAnswers {
  /** Row by row, N × K. */
  readonly probabilities: Float32Array;
  /** Numbers of the classes, N; -1 for "don't know". */
  readonly classes: Int32Array;
}

/** An exported file that is loaded as who uses the format loads it. */
export interface OpenedExport {
  /** @param pixels_NSS3 decoded images one after the other @returns by head */
  run(pixels_NSS3: Uint8Array): Promise<Readonly<Record<string, ExportedAnswers>>>;
  close(): Promise<void>;
}

export interface Snippet {
  /** Name of its file, which is written beside the export. */
  readonly file: string;
  /** The line that runs it in that folder. */
  readonly command: string;
  /** What it needs, as its users install it. */
  readonly needs: string;
  /** At most ten lines, in the language that the format is mostly used from. */
  text(model: Model): string;
}

export interface ExportFormat {
  /** For who chooses: what it is, and who reads it. */
  readonly summary: string;
  /** The file or folder that holds the model. */
  readonly file: string;
  /** Largest difference of a probability from the model's own that is called none. */
  readonly tolerance: number;
  readonly snippet: Snippet;
  /**
   * Brings what proving needs and is not there yet.
   * @param say told what takes long
   */
  prepare?(say: (message: string) => void): Promise<void>;
  /** Writes the model into a folder that is there. @throws RunError where the format cannot hold this model */
  write(model: Model, folder: string): Promise<void>;
  /** Loads what was written. @throws RunError where it cannot be loaded */
  open(model: Model, folder: string): Promise<OpenedExport>;
}
