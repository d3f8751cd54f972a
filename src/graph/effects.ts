/**
 * Reads and writes of variables in the order in which they are recorded, by as few control edges as will do: a write
 * waits for the reads of the old value and for the write before it, a read waits for the last write, and nothing waits
 * for what does not concern it.
 */
import type { Attributes } from './attributes.ts';
import type { Graph } from './graph.ts';
import type { GraphNode, Ref } from './node.ts';
import type { TensorSpec } from './types.ts';

/** A tensor that stays from call to call. */
export interface Variable extends TensorSpec {
  readonly name: string;
  /** The node that TensorFlow finds it by. */
  readonly handle: GraphNode;
}

interface State {
  /** Reads of the current value. */
  readonly reads: GraphNode[];
  /** The current value, where it was read whole. */
  value: Ref | undefined;
  /** What made the current value; undefined for the value from before the call. */
  written: GraphNode | undefined;
}

export interface Effects {
  /** The current value. */
  read(variable: Variable): Ref;
  /** Rows of the current value, by their numbers. */
  gather(variable: Variable, indices: Ref): Ref;
  /** Changes variables: the op takes their handles, then the operands. */
  write(op: string, variables: readonly Variable[], operands: readonly Ref[], attributes?: Attributes): void;
  /** All writes in `compute` happen where the condition, a scalar bool, holds, and none does where it does not. */
  guard(condition: Ref, compute: () => void): void;
  /** What must have run for all writes to have happened. */
  final(): GraphNode[];
}

export function createEffects(graph: Graph): Effects {
  const states = new Map<Variable, State>();
  /** Variables written inside each guard that we are in, and the node that runs where its condition holds. */
  const guards: { readonly pivot: GraphNode; readonly written: Set<Variable> }[] = [];

  function stateOf(variable: Variable): State {
    let state = states.get(variable);
    if (state === undefined) {
      state = { reads: [], value: undefined, written: undefined };
      states.set(variable, state);
    }
    return state;
  }

  function readWith(op: string, variable: Variable, operands: readonly Ref[]): Ref {
    const state = stateOf(variable);
    const node = graph.add({
      op,
      inputs: [handleOf(variable), ...operands],
      controls: state.written === undefined ? [] : [state.written],
      attributes: { dtype: { kind: 'type', value: variable.dtype } },
    });
    state.reads.push(node);
    return { node, output: 0 };
  }

  return {
    read(variable) {
      const state = stateOf(variable);
      state.value ??= readWith('ReadVariableOp', variable, []);
      return state.value;
    },

    gather: (variable, indices) => readWith('ResourceGather', variable, [indices]),

    write(op, variables, operands, attributes = {}) {
      const pivot = guards.at(-1)?.pivot;
      const before = variables.flatMap((variable) => {
        const { reads, written } = stateOf(variable);
        return written === undefined ? reads : [...reads, written];
      });
      const node = graph.add({
        op,
        inputs: [...variables.map(handleOf), ...operands],
        controls: [...new Set(pivot === undefined ? before : [...before, pivot])],
        attributes,
      });
      for (const variable of variables) {
        states.set(variable, { reads: [], value: undefined, written: node });
        guards.at(-1)?.written.add(variable);
      }
    },

    guard(condition, compute) {
      const outer = guards.at(-1);
      // Switch hands its input on at output 1 where the condition holds, else at output 0. What depends on the other
      // output, by a control edge too, does not run; Merge takes whichever input comes.
      const either = graph.add({
        op: 'Switch',
        inputs: [condition, condition],
        controls: outer === undefined ? [] : [outer.pivot],
        attributes: { T: { kind: 'type', value: 'bool' } },
        outputs: [
          { shape: [], dtype: 'bool' },
          { shape: [], dtype: 'bool' },
        ],
      });
      const pivot = identity(graph, { node: either, output: 1 }, []);
      const inner = { pivot, written: new Set<Variable>() };
      guards.push(inner);
      try {
        compute();
      } finally {
        guards.pop();
      }
      const writes = new Set([...inner.written].map((variable) => stateOf(variable).written!));
      const done = identity(graph, { node: either, output: 1 }, [...writes]);
      const join = graph.add({
        op: 'Merge',
        inputs: [
          { node: either, output: 0 },
          { node: done, output: 0 },
        ],
        attributes: { T: { kind: 'type', value: 'bool' }, N: { kind: 'int', value: 2 } },
        outputs: [
          { shape: [], dtype: 'bool' },
          { shape: [], dtype: 'int32' },
        ],
        guarded: outer !== undefined,
      });
      for (const variable of inner.written) {
        states.set(variable, { reads: [], value: undefined, written: join });
        outer?.written.add(variable);
      }
    },

    final: () => [...new Set([...states.values()].flatMap(({ written }) => written ?? []))],
  };
}

function handleOf({ handle }: Variable): Ref {
  return { node: handle, output: 0 };
}

/** A node of its own, guarded. */
function identity(graph: Graph, input: Ref, controls: readonly GraphNode[]): GraphNode {
  return graph.add({
    op: 'Identity',
    inputs: [input],
    controls,
    attributes: { T: { kind: 'type', value: 'bool' } },
    outputs: [{ shape: [], dtype: 'bool' }],
    guarded: true,
  });
}
