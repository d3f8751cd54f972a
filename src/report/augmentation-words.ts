/** An augmentation in a few words, for a column of a table. */
import type { AugmentationPlan } from '../plan/augmentation.ts';

/** `flip, shift, zoom, erase`: what does anything; `none` where nothing does. How much of it stands among the values. */
export function augmentationInShort(plan: AugmentationPlan): string {
  const happens: Readonly<Record<string, boolean>> = {
    flip: plan.horizontalFlip > 0 || plan.verticalFlip > 0,
    crop: isLikely(plan.randomResizedCrop),
    shift: isLikely(plan.shift) && (plan.shift.x > 0 || plan.shift.y > 0),
    shear: isLikely(plan.shear) && (plan.shear.x > 0 || plan.shear.y > 0),
    rotate: isLikely(plan.rotate) && plan.rotate.degrees > 0,
    zoom: isLikely(plan.zoom) && plan.zoom.amount > 0,
    colour:
      plan.grayscale > 0 ||
      [plan.brightness, plan.contrast, plan.saturation, plan.hue].some(
        (change) => isLikely(change) && change.amount > 0,
      ),
    blur: isLikely(plan.gaussianBlur),
    noise: isLikely(plan.gaussianNoise) && plan.gaussianNoise!.stddev[1] > 0,
    erase: isLikely(plan.randomErasing),
    holes: isLikely(plan.coarseDropout),
    mixUp: isLikely(plan.mixUp),
    cutMix: isLikely(plan.cutMix),
  };
  const names = Object.keys(happens).filter((name) => happens[name]);
  return names.length === 0 ? 'none' : names.join(', ');
}

function isLikely(change: { readonly probability: number } | null): boolean {
  return change !== null && change.probability > 0;
}
