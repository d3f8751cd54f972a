/** What pixel values are normalised by, before a network sees them. */

/** Mean and deviation of each channel, 0 to 255. */
export interface ChannelStatistics {
  /** Red, green, blue. */
  readonly mean: readonly number[];
  /** Deviation of the population (divided by n, as numpy's std). */
  readonly std: readonly number[];
}

/** By the figures of each channel, or each image by its own mean and deviation over all pixels and channels. */
export type Normalization = ChannelStatistics | 'perImage';
