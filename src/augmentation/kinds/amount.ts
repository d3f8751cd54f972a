/** What zoom and the changes of colour share: a number in the file, or an amount with a probability. */

/** A change of at most so much, in its own unit. */
export interface AmountPlan {
  readonly amount: number;
  readonly probability: number;
}

export const ofAmount = {
  planOf: (written: number | AmountPlan): AmountPlan =>
    typeof written === 'number' ? { amount: written, probability: 1 } : written,
  strengthOf: ({ amount, probability }: AmountPlan): number => probability * amount,
  scale: ({ amount, probability }: AmountPlan, strength: number): AmountPlan => ({
    amount: strength * amount,
    probability,
  }),
};
