/** What the project has set itself, and how far a set of results is from it. */
import type { DecodeResult } from './decoding.ts';
import type { EpochResult } from './epoch.ts';
import type { StepResults } from './steps.ts';

export interface Target {
  readonly what: string;
  readonly ratio: number;
  /** `most`: the ratio may be at most the limit; `least`: at least. */
  readonly bound: 'most' | 'least';
  readonly limit: number;
  readonly met: boolean;
}

function target(what: string, ratio: number, bound: 'most' | 'least', limit: number): Target {
  return { what, ratio, bound, limit, met: bound === 'most' ? ratio <= limit : ratio >= limit };
}

export function stepTargets({ model, size, contenders }: StepResults): Target[] {
  const of = (name: string) => contenders.find((contender) => contender.name === name)?.oursDividedByIt;
  const keras = of('keras');
  const torch = of('torch-last');
  const on = `${model}, ${size} px`;
  return [
    ...(keras
      ? [
          target(`step / Keras, ${on}`, keras.step.median, 'most', 0.7),
          target(`peak memory / Keras, ${on}`, keras.memory.median, 'most', 1),
          target(`time to first step / Keras, ${on}`, keras.firstStep.median, 'most', 0.25),
        ]
      : []),
    ...(torch ? [target(`step / PyTorch channels last, ${on}`, torch.step.median, 'most', 1)] : []),
  ];
}

export const epochTarget = ({ model, size, ratio }: EpochResult): Target =>
  target(`images/s of an epoch / of the bare step, ${model}, ${size} px`, ratio.median, 'least', 0.95);

export const decodeTarget = ({ files, size, ratio }: DecodeResult): Target =>
  target(`images/s of decoding / of tf.data, ${files}, to ${size} px`, ratio.median, 'least', 1);
