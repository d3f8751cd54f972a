/**
 * Largest difference of a probability that is called none where both compute in float32: sums are made in another order, and
 * nothing else differs.
 */
export const FLOAT32_TOLERANCE = 1e-5;
