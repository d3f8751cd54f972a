/**
 * Which trials begin with the same stages. Trials become a tree of stages, as in Hippo (Shin et al. 2020,
 * arXiv:2006.11972): a path from the root is what some trials begin with, and the stage at its end need be trained once.
 *
 *   foundation ─▶ small ─┬─▶ middle ─┬─▶ large
 *                        │           └─▶ large with another rate
 *                        └─▶ middle with more dropout
 *
 * A branch that one trial has to itself is not grown: of 100,000 trials that share nothing there is little to keep.
 */
import { canonicalJson } from '../plan/hash.ts';
import type { DataFigures, Settings, StagePlan } from '../plan/plan.ts';
import { effectOf, foundationKey, foundationOf, keyAfter } from '../plan/prefixes.ts';

/** The first stages of a trial, where other trials begin with the same. */
export interface SharedPrefix {
  /** As `prefixKeys` gives it. */
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

/** A trial's place in the tree, which moves outwards while others join it. */
export interface Leaf {
  node: Node;
}

interface Node {
  readonly before: Node | undefined;
  /** Canonical JSON of what this stage adds; of the root, of the foundation. */
  readonly content: string;
  readonly stages: number;
  /** Of the stages up to this one, and of this one alone. */
  readonly epochs: number;
  readonly ownEpochs: number;
  /** Of this stage alone; known where it is shared. */
  ownSeconds: number | null;
  trials: number;
  /** The first trial, as long as it is the only one. */
  only: Newcomer | undefined;
  next: Map<string, Node> | undefined;
  shared: readonly SharedPrefix[] | undefined;
  /** As `keyOf` gives it, once asked. */
  key: string | undefined;
}

interface Content {
  /** Short where many trials share it. */
  readonly id: string;
  /** Canonical JSON. */
  readonly text: string;
}

interface Newcomer {
  readonly leaf: Leaf;
  /** Those that another trial may have too, from the first one on. */
  readonly stages: readonly StagePlan[];
}

export interface StageTree {
  /** @param data rows of its data set */
  add(settings: Settings, data: DataFigures): Leaf;
}

/**
 * @param lasting parts of settings that many trials share by identity. A stage that is not among them was drawn for one
 *   trial, and is taken for different from all others
 * @param secondsOf time of a stage, null where it is not known
 */
export function createStageTree(
  lasting: WeakSet<object>,
  secondsOf: (settings: Settings, stage: StagePlan, data: DataFigures) => number | null,
): StageTree {
  const roots = new Map<string, Node>();
  const contents = new Map<string, Content>();
  const known = new WeakMap<object, Content>();

  /** The same object for lasting values of the same canonical JSON. */
  function contentOf(value: unknown, plain: () => unknown): Content {
    const isLasting = typeof value === 'object' && value !== null && lasting.has(value);
    const before = isLasting ? known.get(value) : undefined;
    if (before !== undefined) return before;
    const text = canonicalJson(plain());
    if (!isLasting) return { id: text, text };
    const content = contents.get(text) ?? { id: `#${contents.size}`, text };
    contents.set(text, content);
    known.set(value, content);
    return content;
  }

  function rootOf(settings: Settings): Node {
    const foundation = foundationOf(settings);
    let id = '';
    for (const key in foundation) id += ` ${key} ${contentOf(foundation[key], () => foundation[key]).id}`;
    const root = roots.get(id) ?? createNode(undefined, canonicalJson(foundation), 0);
    roots.set(id, root);
    return root;
  }

  return {
    add(settings, data) {
      const drawn = settings.stages.findIndex((stage) => !lasting.has(stage));
      const stages = drawn === -1 ? settings.stages : settings.stages.slice(0, drawn);
      const leaf: Leaf = { node: rootOf(settings) };
      enter({ leaf, stages });
      return leaf;

      function enter(trial: Newcomer): void {
        const { node } = trial.leaf;
        node.trials++;
        if (node.trials === 1) {
          node.only = trial;
          return;
        }
        const first = node.only;
        node.only = undefined;
        if (first !== undefined) {
          if (node.stages > 0) node.ownSeconds = secondsOf(settings, stages[node.stages - 1]!, data);
          goOn(first);
        }
        goOn(trial);
      }

      function goOn(trial: Newcomer): void {
        const { node } = trial.leaf;
        const stage = trial.stages[node.stages];
        if (stage === undefined) return;
        const { id, text } = contentOf(stage, () => effectOf(stage));
        node.next ??= new Map();
        const next = node.next.get(id) ?? createNode(node, text, stage.epochs);
        node.next.set(id, next);
        trial.leaf.node = next;
        enter(trial);
      }
    },
  };
}

function createNode(before: Node | undefined, content: string, ownEpochs: number): Node {
  return {
    before,
    content,
    stages: before === undefined ? 0 : before.stages + 1,
    epochs: (before?.epochs ?? 0) + ownEpochs,
    ownEpochs,
    ownSeconds: null,
    trials: 0,
    only: undefined,
    next: undefined,
    shared: undefined,
    key: undefined,
  };
}

/** What a trial shares, from the first stage on; asked once all trials are in the tree. */
export function sharedPrefixes({ node }: Leaf): readonly SharedPrefix[] {
  const end = nodesOf(node).at(-1);
  if (end === undefined) return [];
  end.shared ??= prefixesTo(end);
  return end.shared;
}

function prefixesTo(end: Node): SharedPrefix[] {
  return nodesOf(end).map((node) => ({ key: keyOf(node), stages: node.stages, epochs: node.epochs }));
}

/** Of all stages up to this one. */
function keyOf(node: Node): string {
  node.key ??=
    node.before === undefined ? foundationKey(node.content) : keyAfter(keyOf(node.before), node.content);
  return node.key;
}

/** Shared stages on the way from the root to a node. */
function nodesOf(node: Node): Node[] {
  const nodes: Node[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.before)
    if (at.stages > 0 && at.trials > 1) nodes.unshift(at);
  return nodes;
}

/**
 * What these trials need not train, because each stage that several of them share is trained by one.
 * @param within only prefixes of so many epochs at most
 */
export function savedBy(leaves: Iterable<Leaf>, within = Number.POSITIVE_INFINITY): Saved {
  const met = new Set<Node>();
  let epochs = 0;
  let seconds: number | null = 0;
  for (const { node } of leaves) {
    for (const one of nodesOf(node)) {
      if (one.epochs > within) continue;
      if (met.has(one)) {
        epochs += one.ownEpochs;
        seconds = seconds === null || one.ownSeconds === null ? null : seconds + one.ownSeconds;
      }
      met.add(one);
    }
  }
  return { epochs, seconds };
}
