/** How answers are written: a format makes text, or a file of its own. */
import type { HeadDescription } from '../../bundle/model.ts';
import type { ImageAnswer } from '../answers.ts';

export interface FormatOptions {
  readonly heads: readonly HeadDescription[];
  /** The most probable classes of each head, so many; 1 is the answer alone. */
  readonly top: number;
  /** Pooled features of an image; 0 where they are not written. */
  readonly features: number;
}

/** Answers as text, of whole lines. */
export interface TextFormat {
  /** Before all answers; may be empty. */
  readonly head: string;
  lines(answers: readonly ImageAnswer[]): string;
}

/** Takes answers until its end. What was written before an interruption can be read after `end`. */
export interface AnswerWriter {
  write(answers: readonly ImageAnswer[]): void | Promise<void>;
  end(): void | Promise<void>;
}
