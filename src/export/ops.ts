/**
 * What a format can compute with vectors, for what follows a head's last layer (answers.ts): each format that is a graph
 * gives these, as nodes of its own. A value is the name of what a node gives. Shape letters: N images, K columns.
 */
export interface Ops {
  /** [K], which stands for every row, or a single number. */
  constant(values: Float32Array | BigInt64Array): string;
  divide(x_NK: string, divisor: string): string;
  multiply(a: string, b: string): string;
  subtract(a: string, b: string): string;
  softmax(x_NK: string): string;
  sigmoid(x_NK: string): string;
  /** One column. @returns [N, 1] */
  column(x_NK: string, index: number): string;
  /** Columns beside each other. */
  beside(parts: readonly string[]): string;
  greater(a: string, b: string): string;
  atLeast(a: string, b: string): string;
  /** Of int64. */
  equal(a: string, b: string): string;
  /** `a` where the condition holds, else `b`. */
  choose(condition: string, a: string, b: string): string;
  /** Sum of each column and those behind it. */
  sumsFromEnd(x_NK: string): string;
  /** How many columns are true. @returns int64 [N, 1] */
  count(condition_NK: string): string;
  /** The largest column. @returns [N, 1] */
  largest(x_NK: string): string;
  /** Number of the largest column, of the first where several are. @returns int64 [N, 1] */
  whichIsLargest(x_NK: string): string;
  /** @param x_N1 of one column. @returns [N] */
  flat(x_N1: string): string;
}
