/** A tower's features in, the head's outputs before any activation out. */
import type { Builder } from './builder.ts';
import type { Initializer } from './settings.ts';

/** @returns name of the layer with the logits, `<head>_output` */
export function appendHead(
  builder: Builder,
  features: string,
  head: string,
  outputs: number,
  initializer: Initializer,
): string {
  return builder.dense(`${head}_output`, features, outputs, initializer);
}
