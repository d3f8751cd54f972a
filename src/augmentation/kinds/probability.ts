/** What flips and grayscale share: an image is changed or not, and the plan is how often. */
export const ofProbability = {
  planOf: (probability: number): number => probability,
  strengthOf: (probability: number): number => probability,
  scale: (probability: number, strength: number): number => strength * probability,
};
