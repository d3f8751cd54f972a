/** The keys of one plan's prefixes, without anything that is shared between plans. */
import { canonicalJson } from '../../../src/plan/hash/canonical.ts';
import { effectOf, foundationKey, foundationOf, keyAfter } from '../../../src/plan/hash/prefix-keys.ts';
import { settingsTree, treeInside, withoutNeutral } from '../../../src/plan/hash/without-neutral.ts';
import type { Settings } from '../../../src/plan/plan.ts';

/** @returns the key after each stage, from the first; 32 hexadecimal digits each */
export function prefixKeys(settings: Settings, tree = settingsTree): string[] {
  const ofStage = treeInside(treeInside(tree, 'stages'), '*');
  let key = foundationKey(canonicalJson(withoutNeutral(foundationOf(settings), tree)));
  return settings.stages.map((stage) => {
    key = keyAfter(key, canonicalJson(withoutNeutral(effectOf(stage), ofStage)));
    return key;
  });
}
