/**
 * What a point comes to as an experiment, cheaply. An experiment is a handful of parts (model, loss, each stage), and
 * an axis touches few of them: each variant of a part is made once and shared by all points that have it, and so are
 * its settings and their text. Gives the hash that compiling the experiment gives, 100,000 times in seconds.
 */
import type { Path } from '../../file/path.ts';
import type { Variant } from '../../file/variant.ts';
import { createSettingsHasher, type Hashes } from '../../plan/hash/hash.ts';
import type { PartTexts } from '../../plan/hash/part-texts.ts';
import type { DataFigures, HeadPlan, Settings, TableFacts, WeightsPlan } from '../../plan/plan.ts';
import { rememberParts, settingsOf } from '../../plan/settings.ts';
import { fillDefaults, fillPart } from '../../schema/defaults.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';
import { resolveRef, type Schema } from '../../schema/refs.ts';
import { experimentSchema } from '../../schema/schema.ts';
import { variantsOf } from '../../schema/variants.ts';
import { own } from '../../words.ts';
import type { Axis } from '../space/axis.ts';
import { choiceOf, type Point } from '../space/points.ts';

/** What the table says about a dataset; the same for all points that share it. */
export interface DatasetFacts {
  readonly heads: readonly HeadPlan[];
  /** Null where it is absent. */
  readonly table: TableFacts | null;
  /** To start from. */
  readonly weights: WeightsPlan | null;
  readonly data: DataFigures;
}

export interface Content extends Hashes {
  readonly settings: Settings;
  readonly facts: DatasetFacts;
}

/** One of the experiment's parts that axes touch: a key of the top, or a stage. */
interface Part {
  readonly key: string;
  /** Null for the key as a whole. */
  readonly stage: number | null;
  readonly schema: Schema;
  /** Numbers of the axes that set something in it. */
  readonly axes: readonly number[];
  /** What each of the axes sets, as paths within the part. */
  readonly places: ReadonlyMap<number, readonly Path[]>;
  readonly variants: Map<string, unknown>;
  /** With numbers that were drawn before, by the choices of its other axes: of each draw only its numbers are new. */
  readonly drawn: Map<string, unknown>;
}

/** More variants of one part than this are made anew each time: each is then likely to be met once. */
const MOST_VARIANTS = 20_000;

/**
 * @param base the base's values, without defaults
 * @param pathOf the resolved path of a setting's path
 * @param factsOf what the table says, for the first point that has this dataset
 * @param lasting filled with the parts that will be met again, by identity
 * @param texts of the same parts
 */
export function createContents(
  base: Readonly<Record<string, unknown>>,
  axes: readonly Axis[],
  pathOf: (path: string) => Path,
  factsOf: (point: Point) => DatasetFacts,
  lasting: Set<object>,
  texts: PartTexts,
): (point: Point) => Content {
  const schema = experimentSchema();
  const variantAt = variantsOf('experiment');
  const named = new Map<string, Variant | undefined>();
  const filled = fillDefaults(schema, base).value as ResolvedExperiment;
  const parts = partsOf(axes, pathOf, schema);
  const last = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) lasting.add(value);
  };
  for (const value of [...Object.values(filled), ...filled.stages]) last(value);
  for (const stage of filled.stages) Object.values(stage).forEach(last);
  const remembered = rememberParts(lasting);
  const hashesOf = createSettingsHasher(texts);
  const facts = new WeakMap<object, DatasetFacts>();
  const weightsOf = new WeakMap<object, WeightsPlan | null>();

  const isDrawn = axes.map(({ distribution }) => distribution !== null);

  function variant(part: Part, point: Point): unknown {
    if (part.axes.some((axis) => isDrawn[axis])) return drawnVariant(part, point);
    const key = part.axes.map((axis) => point[axis]).join();
    if (part.variants.has(key)) return part.variants.get(key);
    const made = makeVariant(part, point);
    if (part.variants.size < MOST_VARIANTS) {
      part.variants.set(key, made);
      last(made);
      // Values inside it, as the augmentation of a stage, are parts of settings too.
      if (typeof made === 'object' && made !== null) Object.values(made).forEach(last);
    }
    return made;
  }

  /** Which default a key has does not depend on a number beside it, so that another draw changes nothing but its numbers. */
  function drawnVariant(part: Part, point: Point): unknown {
    let key = '';
    for (const axis of part.axes)
      key += isDrawn[axis] && !Number.isNaN(point[axis]!) ? ' drawn' : ` ${point[axis]}`;
    const before = part.drawn.get(key);
    if (before !== undefined) {
      let made: unknown = before;
      for (const [axis, places] of part.places) {
        if (isDrawn[axis] && !Number.isNaN(point[axis]!)) made = withValue(made, places[0]!, point[axis]);
      }
      return made;
    }
    const made = makeVariant(part, point);
    const isAsWritten = [...part.places].every(([axis, places]) => {
      if (!isDrawn[axis] || Number.isNaN(point[axis]!)) return true;
      return places.length === 1 && valueIn(made, places[0]!) === point[axis];
    });
    if (isAsWritten && part.drawn.size < MOST_VARIANTS) part.drawn.set(key, made);
    return made;
  }

  /** The variants of the map that a setting names one of, undefined for settings that are no tag; found once for each path. */
  function variantNamedBy(path: string): Variant | undefined {
    if (!named.has(path)) {
      const steps = pathOf(path);
      const variant = variantAt(steps.slice(0, -1));
      named.set(path, variant?.tag === steps.at(-1) ? variant : undefined);
    }
    return named.get(path);
  }

  function makeVariant(part: Part, point: Point): unknown {
    const start: Path = part.stage === null ? [part.key] : [part.key, part.stage];
    let raw = start.reduce<unknown>(
      (at, key) => own(at as Record<string, unknown> | undefined, String(key)),
      base,
    );
    const settings = part.axes
      .flatMap((axis) => choiceOf(axes[axis]!, point[axis]!)?.settings ?? [])
      .map(({ path, plain }) => ({ path, steps: pathOf(path), plain }))
      .filter(({ steps }) => steps.length >= start.length && start.every((key, i) => steps[i] === key));
    for (const { path, steps, plain } of settings) {
      const variant = variantNamedBy(path);
      if (variant !== undefined && steps.length > start.length)
        raw = withoutOthers(raw, steps.slice(start.length, -1), variant, plain);
    }
    for (const { steps, plain } of settings) raw = withValue(raw, steps.slice(start.length), plain);
    if (raw === undefined) return (filled as unknown as Record<string, unknown>)[part.key];
    return fillPart(part.schema, raw);
  }

  return (point) => {
    const experiment = { ...filled } as Record<string, unknown>;
    for (const part of parts) {
      if (part.stage === null) experiment[part.key] = variant(part, point);
      else {
        if (experiment.stages === filled.stages) experiment.stages = [...filled.stages];
        (experiment.stages as unknown[])[part.stage] = variant(part, point);
      }
    }
    const complete = experiment as unknown as ResolvedExperiment;
    const found = facts.get(complete.dataset) ?? factsOf(point);
    facts.set(complete.dataset, found);
    last(found.heads);
    const { model } = complete;
    const weights = model.weights === null ? null : (weightsOf.get(model) ?? factsOf(point).weights);
    weightsOf.set(model, weights);
    const settings = settingsOf(
      complete,
      found.heads,
      found.table,
      found.data.trainingRows,
      weights,
      remembered,
    );
    return { settings, facts: found, ...hashesOf(settings) };
  };
}

function partsOf(axes: readonly Axis[], pathOf: (path: string) => Path, schema: Schema): Part[] {
  const touched = axes.map(({ paths }) => paths.map(pathOf));
  const wholeStages = touched.flat().some((path) => path[0] === 'stages' && path.length === 1);
  const parts = new Map<string, Part & { axes: number[]; places: Map<number, Path[]> }>();
  touched.forEach((paths, axis) => {
    for (const path of paths) {
      const [key, index] = path;
      const stage = key === 'stages' && !wholeStages && typeof index === 'number' ? index : null;
      const name = `${key} ${stage}`;
      const whole = own(schema.properties, String(key)) ?? {};
      const ofPart = stage === null ? whole : (resolveRef(whole).items ?? {});
      const part = parts.get(name) ?? {
        key: String(key),
        stage,
        schema: ofPart,
        axes: [],
        places: new Map<number, Path[]>(),
        variants: new Map<string, unknown>(),
        drawn: new Map<string, unknown>(),
      };
      if (!part.axes.includes(axis)) part.axes.push(axis);
      const within = path.slice(stage === null ? 1 : 2);
      part.places.set(axis, [...(part.places.get(axis) ?? []), within]);
      parts.set(name, part);
    }
  });
  return [...parts.values()];
}

/** A copy whose map at the path has its tag alone, where that becomes another one: applyOverrides does the same to a file. */
function withoutOthers(at: unknown, path: Path, { tag, fallback }: Variant, value: unknown): unknown {
  const map = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], at);
  if (typeof map !== 'object' || map === null) return at;
  const isSame = value === (own(map as Record<string, unknown>, tag) ?? fallback);
  return isSame ? at : withValue(at, path, { [tag]: value });
}

function valueIn(at: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    return Array.isArray(inner)
      ? inner[Number(key)]
      : own(inner as Record<string, unknown> | undefined, String(key));
  }, at);
}

/** A copy with the value in place; what is not on the way is shared. */
function withValue(at: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(at)) return at.map((item, i) => (i === key ? withValue(item, rest, value) : item));
  const map = typeof at === 'object' && at !== null ? (at as Record<string, unknown>) : {};
  return { ...map, [key]: withValue(own(map, String(key)), rest, value) };
}
