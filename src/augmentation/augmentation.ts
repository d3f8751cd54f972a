/**
 * What one augmentation says of itself: from the values in a file to the numbers that a step is fed for one image. How it
 * changes pixels stands under apply/, since only files there load TensorFlow. table.ts holds all augmentations.
 */
import type { WarningCode } from '../errors.ts';
import type { Path } from '../file/path.ts';
import type { Reporter } from '../file/reporter.ts';
import type { Stream } from '../random.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { Streams } from './draw/streams.ts';
import type { Change } from './kinds/geometry/transform.ts';
import type { Mix } from './kinds/mix/mix.ts';
import type { Operation } from './kinds/policy/operations.ts';

/** The augmentation of a file, with the defaults of the schema. */
export type WrittenAugmentation = ResolvedExperiment['augmentation'];

/** What a check across keys looks at. */
export interface Checked {
  /** Where the augmentation stands in the file. */
  readonly path: Path;
  /** All augmentations of the same stage. */
  readonly all: WrittenAugmentation;
  /** Whether the file says something at a path. */
  readonly written: (path: Path) => boolean;
  readonly report: Reporter;
}

/** @template Plan null where the augmentation is absent */
interface Common<Written, Plan> {
  // A property, and not a method as the rest: so TypeScript refuses one that takes less than the schema allows.
  /** Shorthand written out. */
  readonly planOf: (written: Written) => Plan;
  /** How much of it a plan asks for, to compare with itself alone; 0 where it changes no image. */
  strengthOf(plan: Plan): number;
  /**
   * The plan at a part of its strength: at 1 itself, at 0 one that changes no image.
   * @param strength 0 to 1
   */
  scale(plan: Plan, strength: number): Plan;
  /** In the column of a table. Several that are alike share one. */
  readonly word: string;
  /** Its word stands before the others. */
  readonly isNamedFirst?: true;
  /** Rules that the schema can't say, within its keys and across others. */
  check?(written: Written, checked: Checked): void;
  /**
   * What a stage is warned of that asks for it.
   * @param heads names of the model's heads
   */
  warningOf?(heads: readonly string[]): AugmentationWarning | null;
}

export interface AugmentationWarning {
  readonly code: WarningCode;
  readonly message: string;
  readonly hint: string;
}

/**
 * Part of the one resampling.
 * @template Plan as in the plan of a stage; null for none, and then nothing is drawn
 */
export interface GeometryAugmentation<Written, Plan> extends Common<Written, Plan> {
  readonly family: 'geometry';
  /** @param numbers the augmentation's own stream @param streams for what shares one with others */
  draw(plan: NonNullable<Plan>, numbers: Stream, streams: Streams): Partial<Change>;
}

/** A choice from operations that move and change pixels; one of these for an image. */
export interface PolicyAugmentation<Written, Plan> extends Common<Written, Plan> {
  readonly family: 'policy';
  /** How many operations each image gets, `identity` counted. */
  rounds(plan: NonNullable<Plan>): number;
  /** @returns as many as `rounds`, in the order in which they are done */
  draw(plan: NonNullable<Plan>, numbers: Stream): Operation[];
}

/** A change of colour by one number for an image, of pixel values from 0 to 255. It is fed where its strength is above 0. */
export interface ColourAugmentation<Written, Plan> extends Common<Written, Plan> {
  readonly family: 'colour';
  draw(plan: NonNullable<Plan>, numbers: Stream): number;
}

/** A tensor that a step is fed: its type, and the shape of one image's part. */
export interface Feed<Plan> {
  readonly type: 'float32' | 'int32';
  shape(plan: NonNullable<Plan>): readonly number[];
}

/** A change by tensors of its own, which a step is fed unless the plan is null or 0. */
interface Fed<Written, Plan, Name extends string> extends Common<Written, Plan> {
  /** By name; a name is that of one augmentation alone. */
  readonly feeds: { readonly [N in Name]: Feed<Plan> };
  /** Its tensors stand before those of policies and colours among the inputs of a step. */
  readonly isFedFirst?: true;
  /**
   * @param plan of the epoch, whose strength may be a part of the stage's
   * @param side of the network's image in pixels
   * @param shapes of the stage's full strength
   * @returns the numbers of one image for each feed; what a shape has room for beyond them is 0
   */
  draw(
    plan: NonNullable<Plan>,
    numbers: Stream,
    image: {
      readonly side: number;
      readonly shapes: { readonly [N in Name]: readonly number[] };
      readonly streams: Streams;
    },
  ): { readonly [N in Name]: readonly number[] };
}

/** Changes pixel values from 0 to 255, before the image is normalised. */
export interface FilterAugmentation<Written, Plan, Name extends string> extends Fed<Written, Plan, Name> {
  readonly family: 'filter';
}

/** Covers parts of the normalised image. */
export interface CoverAugmentation<Written, Plan, Name extends string> extends Fed<Written, Plan, Name> {
  readonly family: 'cover';
}

/** Mixes an image and its labels with another one of the batch; an image gets one mix. */
export interface MixAugmentation<Written, Plan> extends Common<Written, Plan> {
  readonly family: 'mix';
  /** @param side of the network's image in pixels @returns null for an image that it leaves alone */
  draw(plan: NonNullable<Plan>, numbers: Stream, side: number): Mix | null;
}

export type Augmentation<Written, Plan> =
  | GeometryAugmentation<Written, Plan>
  | PolicyAugmentation<Written, Plan>
  | ColourAugmentation<Written, Plan>
  | FilterAugmentation<Written, Plan, string>
  | CoverAugmentation<Written, Plan, string>
  | MixAugmentation<Written, Plan>;

export type Family = Augmentation<unknown, unknown>['family'];
