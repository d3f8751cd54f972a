/** A tower's features in, one logit for each class of the head out. */
import type { Builder } from './builder.ts';

/** @returns name of the layer with the logits, `<head>_output` */
export function appendHead(builder: Builder, features: string, head: string, classes: number): string {
  return builder.dense(`${head}_output`, features, classes, 'glorotUniform');
}
