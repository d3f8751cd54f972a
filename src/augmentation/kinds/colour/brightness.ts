/** All values times a factor. The amount is its largest distance from 1. */
import type { ColourAugmentation } from '../../augmentation.ts';
import type { AmountPlan } from '../amount.ts';
import { ofFactor } from './factor.ts';

export const brightness: ColourAugmentation<number | AmountPlan, AmountPlan> = { ...ofFactor };
