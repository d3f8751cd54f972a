/**
 * A program: variables, and signatures that compute with them. Each signature is a function over tensors that is
 * recorded once; all of them are written as one SavedModel, and share the variables when it is loaded.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { writeWholeText } from '../machine/whole.mjs';
import type { tf } from '../tensorflow/tf.ts';
import { record } from './backend.ts';
import { createEffects, type Variable } from './effects.ts';
import { createGraph } from './graph.ts';
import { cleanName, type GraphNode, type Ref, specOf } from './node.ts';
import { type Signature, writeSavedModel } from './saved-model.ts';
import type { Session } from './session.ts';
import type { TensorSpec, TensorType } from './types.ts';
import { createUpdates, type Updates } from './updates.ts';
import { addVariableAccess } from './variable-access.ts';

export type { Variable } from './effects.ts';

export interface SignatureDefinition {
  /** Shapes and types of what a call is fed. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Whether TensorFlow compiles it with XLA, as far as it can. @default false */
  readonly xla?: boolean;
  /**
   * Computes from tensors that stand for the inputs; it is called once, and no tensor has a value.
   * @returns what a call gives, by name
   */
  record(inputs: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>>;
}

export interface Program extends Updates {
  /** Adds a tensor that stays from call to call. It has no value before one is written. */
  variable(name: string, spec: TensorSpec): Variable;
  /** @throws RunError naming op and scope, where something cannot be recorded */
  signature(name: string, definition: SignatureDefinition): void;
  /** The value, after all that was recorded before in this signature. */
  read(variable: Variable): tf.Tensor;
  /** Rows of the value, along its first axis, by their numbers. */
  gather(variable: Variable, indices: tf.Tensor): tf.Tensor;
  assign(variable: Variable, value: tf.Tensor): void;
  assignAdd(variable: Variable, change: tf.Tensor): void;
  /**
   * Changes made inside happen where the condition holds; where it does not, every variable stays as it is, to the bit.
   * Costs nothing where it holds. What is read inside after a change cannot be used outside.
   * @param condition scalar of type bool
   */
  guard(condition: tf.Tensor, changes: () => void): void;
  /**
   * The elements of a file without a header, read when the signature is called.
   * @param file absolute path
   */
  readFile(file: string, spec: TensorSpec): tf.Tensor;
  /** The same elements as pages of the file itself, which the system reads when they are looked at. They stay on the CPU. */
  mapFile(file: string, spec: TensorSpec): tf.Tensor;
  /** The same values in a type that tfjs does not have, as `half`, `bfloat16`, `uint8`. */
  castTo(tensor: tf.Tensor, dtype: TensorType): tf.Tensor;
  /** Writes `saved_model.pb` into a folder, which is made. Values of variables are not in it. */
  save(folder: string): { readonly bytes: number; readonly nodes: number };
}

export function createProgram(): Program {
  const graph = createGraph();
  const variables = new Map<string, Variable>();
  const signatures = new Map<string, Signature>();
  let current: Session | undefined;

  function session(): Session {
    if (current !== undefined) return current;
    throw new Error('this can only be called inside the function that a signature records');
  }

  function outputNode(name: string, ref: Ref, updates: readonly GraphNode[]): Ref {
    if (ref.node.guarded) {
      throw new RunError(`the output ${name} was read inside a guard, after a change that may not happen`, {
        hint: 'Read it after the guard.',
      });
    }
    const { shape, dtype } = specOf(ref);
    // The binding reads these types and no others.
    const readable: TensorType = dtype === 'uint8' ? 'int32' : isNarrow(dtype) ? 'float32' : dtype;
    const converted = readable === dtype ? ref : castRef(ref, readable);
    const node = graph.add({
      op: 'Identity',
      inputs: [converted],
      controls: updates,
      attributes: { T: { kind: 'type', value: readable } },
      outputs: [{ shape, dtype: readable }],
      name: `${graph.prefix}/outputs/${name}`,
    });
    return { node, output: 0 };
  }

  function castRef(ref: Ref, dtype: TensorType): Ref {
    const attributes = {
      DstT: { kind: 'type', value: dtype },
      Truncate: { kind: 'bool', value: false },
    } as const;
    return { node: graph.add({ op: 'Cast', inputs: [ref], attributes }), output: 0 };
  }

  return {
    ...createUpdates(graph, session),

    variable(name, { shape, dtype }) {
      if (variables.has(name)) throw new Error(`there is already a variable ${name}`);
      const handle = graph.add({
        op: 'VarHandleOp',
        attributes: {
          dtype: { kind: 'type', value: dtype },
          shape: { kind: 'shape', value: shape },
          shared_name: { kind: 'string', value: name },
          container: { kind: 'string', value: '' },
        },
        name: `variables/${cleanName(name)}`,
      });
      const variable = { name, shape, dtype, handle };
      variables.set(name, variable);
      return variable;
    },

    signature(name, { inputs, xla = false, record: compute }) {
      if (signatures.has(name)) throw new Error(`there is already a signature ${name}`);
      graph.prefix = cleanName(name);
      graph.xlaScope = xla ? graph.prefix : '';
      try {
        const signature = record(graph, (recording): Signature => {
          const effects = createEffects(graph);
          current = { ...recording, effects };
          const feeds = new Map(
            Object.entries(inputs).map(([input, spec]) => {
              const node = graph.add({
                op: 'Placeholder',
                attributes: {
                  dtype: { kind: 'type', value: spec.dtype },
                  shape: { kind: 'shape', value: spec.shape },
                },
                outputs: [spec],
                name: `${graph.prefix}/inputs/${input}`,
              });
              return [input, { node, output: 0 }];
            }),
          );
          const results = compute(
            Object.fromEntries([...feeds].map(([input, ref]) => [input, recording.tensorOf(ref)])),
          );
          const found = new Map(
            Object.entries(results).map(([output, tensor]) => [output, recording.refOf(tensor)]),
          );
          // A session runs what an output needs and nothing else: a signature without one gets one.
          if (found.size === 0) {
            found.set('done', graph.constant(Int32Array.of(1), { shape: [], dtype: 'int32' }));
          }
          const writes = effects.final();
          const updates =
            writes.length === 0 ? [] : [graph.add({ op: 'NoOp', controls: writes, outputs: [] })];
          return {
            inputs: feeds,
            outputs: new Map([...found].map(([output, ref]) => [output, outputNode(output, ref, updates)])),
          };
        });
        signatures.set(name, signature);
      } finally {
        current = undefined;
        graph.prefix = '';
        graph.xlaScope = '';
      }
    },

    read: (variable) => session().tensorOf(session().effects.read(variable)),

    gather: (variable, indices) =>
      session().tensorOf(session().effects.gather(variable, session().refOf(indices))),

    guard(condition, changes) {
      if (condition.rank !== 0 || condition.dtype !== 'bool') {
        throw new Error(
          `a guard's condition is a scalar of type bool, got ${condition.dtype} [${condition.shape}]`,
        );
      }
      session().effects.guard(session().refOf(condition), changes);
    },

    readFile(file, { shape, dtype }) {
      const path = graph.constant([Buffer.from(file)], { shape: [], dtype: 'string' });
      const text = { node: graph.add({ op: 'ReadFile', inputs: [path] }), output: 0 };
      const attributes = {
        out_type: { kind: 'type', value: dtype },
        little_endian: { kind: 'bool', value: true },
      } as const;
      const elements = { node: graph.add({ op: 'DecodeRaw', inputs: [text], attributes }), output: 0 };
      const sides = graph.constant(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' });
      return session().tensorOf({ node: graph.add({ op: 'Reshape', inputs: [elements, sides] }), output: 0 });
    },

    mapFile(file, { shape, dtype }) {
      const node = graph.add({
        op: 'ImmutableConst',
        attributes: {
          dtype: { kind: 'type', value: dtype },
          shape: { kind: 'shape', value: shape },
          memory_region_name: { kind: 'string', value: file },
        },
      });
      return session().tensorOf({ node, output: 0 });
    },

    castTo: (tensor, dtype) => session().tensorOf(castRef(session().refOf(tensor), dtype)),

    save(folder) {
      const all = new Map([...signatures, ...addVariableAccess(graph, [...variables.values()])]);
      const { bytes, nodes } = writeSavedModel(all);
      mkdirSync(folder, { recursive: true });
      writeWholeText(join(folder, 'saved_model.pb'), bytes, { isHasty: true });
      return { bytes: bytes.length, nodes };
    },
  };
}

function isNarrow(dtype: TensorType): boolean {
  return dtype === 'half' || dtype === 'bfloat16' || dtype === 'float64';
}
