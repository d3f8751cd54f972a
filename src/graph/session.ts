/** What is only there while a signature is being recorded. */
import type { Recording } from './backend.ts';
import type { Effects } from './effects.ts';

/** What is only there while a signature is being recorded. */
export interface Session extends Recording {
  readonly effects: Effects;
}
