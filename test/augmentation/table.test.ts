/** What holds for every augmentation of the table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aloneOf } from '../../src/augmentation/alone.ts';
import type { Family } from '../../src/augmentation/augmentation.ts';
import { colourNames } from '../../src/augmentation/draw/colours.ts';
import { type DrawnImage, drawAugmentation } from '../../src/augmentation/draw/draws.ts';
import { fedNames, feedNamesOf, feedsOf, feedType } from '../../src/augmentation/draw/feeds.ts';
import { streamsFor } from '../../src/augmentation/draw/streams.ts';
import { type Change, unchanged } from '../../src/augmentation/kinds/geometry/transform.ts';
import { type AugmentationPlan, entries } from '../../src/augmentation/plan.ts';
import { scaleAugmentation, strengthOf } from '../../src/augmentation/strength.ts';
import { augmentationNames, augmentations, namesOf } from '../../src/augmentation/table.ts';
import { experimentSchema } from '../../src/schema/schema.ts';
import { planWith } from './examples.ts';

/** In the order in which images.ts does them. */
const families: readonly Family[] = ['geometry', 'policy', 'colour', 'filter', 'cover', 'mix'];
const at = { stage: 0, epoch: 1, imageSize: 32 };

test('augmentations - are the keys of the schema that change an image', () => {
  const keys = Object.keys(experimentSchema().definitions!.augmentation!.properties!);
  const manner = ['strength', 'fillMode', 'fillValue'];
  assert.deepEqual([...augmentationNames].sort(), keys.filter((key) => !manner.includes(key)).sort());
});

test('augmentations - those of a family stand together, in the order in which they are applied', () => {
  const order = augmentationNames.map((name) => families.indexOf(augmentations[name].family));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(namesOf('cover', 'filter'), [...namesOf('filter'), ...namesOf('cover')]);
});

test('augmentations - no two feed a tensor of the same name', () => {
  const names = ['transforms', 'pixelChanges', 'colours', 'partners', 'blends', 'shares'];
  const all = [...names, ...fedNames.flatMap((name): readonly string[] => feedNamesOf(name))];
  assert.equal(new Set(all).size, all.length);
});

for (const name of augmentationNames) {
  test(`${name} - has a word, and more of it is a larger strength`, () => {
    const plan = planWith([name]);
    assert.match(entries[name].word, /^[a-zA-Z]+$/);
    const strengths = [0, 0.5, 1].map((strength) => strengthOf(scaleAugmentation(plan, strength), name));
    assert.ok(strengths[0]! < strengths[1]! && strengths[1]! < strengths[2]!, String(strengths));
    for (const other of augmentationNames) {
      if (other !== name) assert.equal(strengthOf(plan, other), 0, other);
    }
  });

  test(`${name} - numbers fit the tensors that a step is fed, at every strength`, () => {
    const full = planWith([name]);
    const sizes = new Map(
      [...feedsOf(full)].map(([feed, shape]) => [feed, shape.reduce((a, b) => a * b, 1)]),
    );
    for (const strength of [0, 0.5, 1]) {
      const plan = scaleAugmentation(full, strength);
      const { fed } = drawAugmentation(plan, streamsFor(3)({ ...at, row: 5 }), at.imageSize, full);
      for (const [feed, size] of sizes) {
        if (feed === 'transforms' || feed === 'partners') continue;
        const numbers = fed.get(feed)!;
        assert.ok(numbers.length <= size && numbers.every(Number.isFinite), `${feed}: ${numbers}`);
        if (feedType(feed) === 'int32') assert.ok(numbers.every(Number.isInteger), feed);
      }
    }
  });

  test(`${name} - alone draws the same as among others`, () => {
    const { family } = augmentations[name];
    // An image gets one policy and one mix.
    const isOne = family === 'policy' || family === 'mix';
    const others = augmentationNames.filter(
      (other) => other !== 'randAugment' && !(isOne && augmentations[other].family === family),
    );
    const together = planWith([...others, name]);
    const alone = aloneOf(together, name);
    assert.deepEqual(alone, planWith([name]));
    const colours: readonly string[] = colourNames(together);
    const place = colours.indexOf(name);
    for (let row = 0; row < 50; row++) {
      const drawn = (plan: AugmentationPlan): DrawnImage =>
        drawAugmentation(plan, streamsFor(3)({ ...at, row }), at.imageSize);
      const [own, all] = [drawn(alone), drawn(together)];
      for (const key of Object.keys(unchanged) as (keyof Change)[]) {
        if (own.change[key] !== unchanged[key]) assert.deepEqual(all.change[key], own.change[key], key);
      }
      for (const feed of feedsOf(alone).keys()) {
        const numbers = all.fed.get(feed);
        assert.deepEqual(feed === 'colours' ? [numbers![place]] : numbers, own.fed.get(feed), feed);
      }
    }
  });
}
