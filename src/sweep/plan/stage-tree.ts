/**
 * Which trials begin with the same stages. Trials become a tree of stages, as in Hippo (Shin et al. 2020,
 * arXiv:2006.11972): a path from the root is what some trials begin with, and the stage at its end need be trained once.
 *
 *   foundation ─▶ small ─┬─▶ middle ─┬─▶ large
 *                        │           └─▶ large with another rate
 *                        └─▶ middle with more dropout
 *
 * A trial is kept as a few numbers, one for what all stages depend on and one for each stage. The tree is grown once all
 * trials are there, and without branches that one trial has to itself: of 100,000 trials that share nothing there is
 * little to keep.
 */
import { createHash } from 'node:crypto';
import { createShape, type PartTexts, type Shape } from '../../plan/hash/part-texts.ts';
import { effectOf, foundationKey, foundationOf, keyAfter } from '../../plan/hash/prefix-keys.ts';
import { treeInside } from '../../plan/hash/without-neutral.ts';
import type { DataFigures, Settings, StagePlan } from '../../plan/plan.ts';

/** The first stages of a trial, where other trials begin with the same. */
export interface SharedPrefix {
  /** Of these stages: see src/plan/hash/prefix-keys.ts. */
  readonly key: string;
  /** How many stages, and how many epochs they have at most. */
  readonly stages: number;
  readonly epochs: number;
}

/** What need not be trained, because another trial does. */
export interface Saved {
  readonly epochs: number;
  /** Null where it is not known. */
  readonly seconds: number | null;
}

/** Trials are known by their number, in the order in which they were added. */
export interface StageTree {
  /** @param data rows of its data set */
  add(settings: Settings, data: DataFigures): void;
  /** What a trial shares, from the first stage on; asked once all trials are in the tree. */
  prefixesOf(trial: number): readonly SharedPrefix[];
  /**
   * What these trials need not train, because each stage that several of them share is trained by one.
   * @param within only prefixes of so many epochs at most
   */
  savedBy(trials: Iterable<number>, within?: number): Saved;
}

/** A stage that several trials share, as they share all before it. */
interface Node {
  /** From the first stage to this one. */
  readonly path: readonly Node[];
  readonly prefix: SharedPrefix;
  /** Of this stage alone. */
  readonly epochs: number;
  readonly seconds: number | null;
}

/** What all stages of some trials depend on. */
interface Foundation {
  readonly settings: Settings;
  readonly data: DataFigures;
}

/** Longer texts are known by their digest. */
const SHORT = 64;

/**
 * @param texts of settings. A stage that is not among the lasting parts was drawn for one trial, and is taken for different
 *   from all others
 * @param secondsOf time of a stage, null where it is not known
 */
export function createStageTree(
  { lasting, textOf, tree }: PartTexts,
  secondsOf: (settings: Settings, stage: StagePlan, data: DataFigures) => number | null,
): StageTree {
  /** Numbers of contents, by their text and by the objects that have it. */
  const numbers = new Map<string, number>();
  const known = new Map<object, number>();
  const stages = new Map<number, StagePlan>();
  const foundationShape = createShape(tree);
  const partShapes = new Map<string, Shape>();
  const stageShape = createShape(treeInside(treeInside(tree, 'stages'), '*'));
  /** Null as long as one trial has it to itself. */
  const foundations = new Map<number, Foundation | null>();
  /** Of each trial the number of its foundation and those of its stages, and where they begin. */
  const contents: number[] = [];
  const starts: number[] = [];
  let ends: readonly (Node | undefined)[] | undefined;

  function numberOf(text: string): number {
    const short = text.length > SHORT ? createHash('sha256').update(text).digest('base64') : text;
    let number = numbers.get(short);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(short, number);
    }
    return number;
  }

  function remember(object: object, number: number): number {
    known.set(object, number);
    return number;
  }

  function stageNumber(stage: StagePlan): number {
    const before = known.get(stage);
    if (before !== undefined) return before;
    const number = numberOf(textOf(effectOf(stage), stageShape));
    stages.set(number, stage);
    return remember(stage, number);
  }

  function partNumber(name: string, value: unknown): number {
    const isLasting = typeof value === 'object' && value !== null && lasting.has(value);
    const before = isLasting ? known.get(value) : undefined;
    if (before !== undefined) return before;
    let shape = partShapes.get(name);
    if (shape === undefined) {
      shape = createShape(treeInside(tree, name));
      partShapes.set(name, shape);
    }
    const number = numberOf(textOf(value, shape));
    return isLasting ? remember(value, number) : number;
  }

  function foundationNumber(settings: Settings): number {
    const foundation = foundationOf(settings);
    let text = 'foundation';
    for (const key in foundation) text += ` ${key} ${partNumber(key, foundation[key])}`;
    return numberOf(text);
  }

  /** @param trials that share all stages up to this one @param path to it, none for the foundation */
  function branch(
    foundation: Foundation,
    trials: readonly number[],
    path: readonly Node[],
    keyBefore: string,
    ends: (Node | undefined)[],
  ): void {
    const depth = path.length + 1;
    for (const [number, group] of groupsOf(trials, depth)) {
      const stage = stages.get(number)!;
      const key = keyAfter(keyBefore, textOf(effectOf(stage), stageShape));
      const epochs = (path.at(-1)?.prefix.epochs ?? 0) + stage.epochs;
      const nodes: Node[] = [...path];
      const node: Node = {
        path: nodes,
        prefix: { key, stages: depth, epochs },
        epochs: stage.epochs,
        seconds: secondsOf(foundation.settings, stage, foundation.data),
      };
      nodes.push(node);
      for (const trial of group) ends[trial] = node;
      branch(foundation, group, nodes, key, ends);
    }
  }

  /** Those of several trials that have the same content at this depth. */
  function groupsOf(trials: Iterable<number>, depth: number): [number, number[]][] {
    const groups = new Map<number, number[]>();
    for (const trial of trials) {
      const at = starts[trial]! + depth;
      if (at >= (starts[trial + 1] ?? contents.length)) continue;
      const group = groups.get(contents[at]!);
      if (group === undefined) groups.set(contents[at]!, [trial]);
      else group.push(trial);
    }
    return [...groups].filter(([, group]) => group.length > 1);
  }

  function grow(): readonly (Node | undefined)[] {
    const grown = new Array<Node | undefined>(starts.length).fill(undefined);
    for (const [number, group] of groupsOf(starts.keys(), 0)) {
      const foundation = foundations.get(number)!;
      const key = foundationKey(textOf(foundationOf(foundation.settings), foundationShape));
      branch(foundation, group, [], key, grown);
    }
    return grown;
  }

  const pathOf = (trial: number): readonly Node[] => {
    ends ??= grow();
    return ends[trial]?.path ?? [];
  };

  return {
    add(settings, data) {
      const foundation = foundationNumber(settings);
      const before = foundations.get(foundation);
      if (before === undefined) foundations.set(foundation, null);
      else if (before === null) foundations.set(foundation, { settings, data });
      starts.push(contents.length);
      contents.push(foundation);
      for (const stage of settings.stages) {
        if (!lasting.has(stage)) break;
        contents.push(stageNumber(stage));
      }
    },
    prefixesOf: (trial) => pathOf(trial).map(({ prefix }) => prefix),
    savedBy(trials, within = Number.POSITIVE_INFINITY) {
      const met = new Set<Node>();
      let epochs = 0;
      let seconds: number | null = 0;
      for (const trial of trials) {
        for (const node of pathOf(trial)) {
          if (node.prefix.epochs > within) continue;
          if (met.has(node)) {
            epochs += node.epochs;
            seconds = seconds === null || node.seconds === null ? null : seconds + node.seconds;
          }
          met.add(node);
        }
      }
      return { epochs, seconds };
    },
  };
}
