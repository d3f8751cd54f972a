/** Mixed with the image's mean grey by a factor. The amount is its largest distance from 1. */
import type { ColourAugmentation } from '../../augmentation.ts';
import type { AmountPlan } from '../amount.ts';
import { ofFactor } from './factor.ts';

export const contrast: ColourAugmentation<number | AmountPlan, AmountPlan> = { ...ofFactor };
