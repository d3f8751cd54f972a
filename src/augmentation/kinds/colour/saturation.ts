/** Mixed with its own grey by a factor. The amount is its largest distance from 1. */
import type { ColourAugmentation } from '../../augmentation.ts';
import type { AmountPlan } from '../amount.ts';
import { ofFactor } from './factor.ts';

export const saturation: ColourAugmentation<number | AmountPlan, AmountPlan> = { ...ofFactor };
