/** What the numbers of an exported file are kept in. */

export const weightTypes = ['float32', 'float16', 'uint8'] as const;

/** `uint8`: each kernel as one of 256 steps between its smallest and its largest number. */
export type WeightType = (typeof weightTypes)[number];
