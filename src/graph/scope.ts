/**
 * Names for parts of a computation, as layers: they stand before the names of recorded nodes and in errors. Gradients
 * are computed long after their layer; those of an op go by the name of its layer, under `gradients`.
 */
import { tf } from '../tensorflow/tf.ts';
import { cleanName } from './node.ts';

let current = '';

/** What tfjs notes of an op whose gradient may be asked for; not in its types. */
interface TapeNode {
  gradient?: (upstream: tf.Tensor[]) => Record<string, () => tf.Tensor>;
}

/** The names of all scopes that we are in, outermost first, with a slash between them; empty outside. */
export function currentScope(): string {
  return current;
}

/**
 * Computes with a name that stands for it, inside the names of the scopes around it.
 * @param name letters, digits, `_`, `.`, `-` and `/`; every other character becomes `_`
 */
export function scope<T>(name: string, compute: () => T): T {
  const path = (current === '' ? '' : `${current}/`) + cleanName(name);
  const first = tape()?.length ?? 0;
  const result = within(path, compute);
  for (const node of tape()?.slice(first) ?? []) nameGradient(node, `gradients/${path}`);
  return result;
}

function within<T>(path: string, compute: () => T): T {
  const before = current;
  current = path;
  try {
    return compute();
  } finally {
    current = before;
  }
}

const named = new WeakSet<TapeNode>();

/** An op inside two scopes keeps the name of the inner one, which is left first. */
function nameGradient(node: TapeNode, path: string): void {
  const { gradient } = node;
  if (gradient === undefined || named.has(node)) return;
  named.add(node);
  node.gradient = (upstream) => {
    const parts = within(path, () => gradient(upstream));
    return Object.fromEntries(
      Object.entries(parts).map(([input, compute]) => [input, () => within(path, compute)]),
    );
  };
}

function tape(): TapeNode[] | null {
  return (tf.engine() as unknown as { state: { activeTape: TapeNode[] | null } }).state.activeTape;
}
