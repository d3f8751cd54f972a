/** Variables, the updates that optimizers make to them, and files. An update has no output. */
import type { Shape } from '../types.ts';
import { type OpTable, op, type ShapeFunction, shapeOf } from './op.ts';

const STATEFUL = { stateful: true };
const nothing: ShapeFunction = (): Shape[] => [];

const assignment = op('resource, dtype ->', nothing, STATEFUL);
const scatter = op('resource, Tindices, dtype ->', nothing, STATEFUL);

export const resource = {
  AssignAddVariableOp: assignment,
  AssignSubVariableOp: assignment,
  AssignVariableOp: assignment,
  ReadVariableOp: op('resource -> dtype', ({ variable }) => variable(0).shape, STATEFUL),
  ResourceApplyAdagradV2: op('resource, resource, T, T, T ->', nothing, STATEFUL),
  ResourceApplyAdam: op('resource, resource, resource, T, T, T, T, T, T, T ->', nothing, STATEFUL),
  ResourceApplyCenteredRMSProp: op(
    'resource, resource, resource, resource, T, T, T, T, T ->',
    nothing,
    STATEFUL,
  ),
  ResourceApplyGradientDescent: op('resource, T, T ->', nothing, STATEFUL),
  ResourceApplyKerasMomentum: op('resource, resource, T, T, T ->', nothing, STATEFUL),
  ResourceApplyMomentum: op('resource, resource, T, T, T ->', nothing, STATEFUL),
  ResourceApplyRMSProp: op('resource, resource, resource, T, T, T, T, T ->', nothing, STATEFUL),
  ResourceGather: op(
    'resource, Tindices -> dtype',
    ({ inputs: [, indices], variable }) => [...indices!, ...variable(0).shape.slice(1)],
    STATEFUL,
  ),
  ResourceScatterAdd: scatter,
  ResourceScatterUpdate: scatter,
  VarHandleOp: op('-> resource', () => [], STATEFUL),

  // The length of a file is known only when it is read: -1.
  DecodeRaw: op('string -> out_type', ({ inputs: [texts] }) => [...texts!, -1]),
  ImmutableConst: op('-> dtype', ({ op: name, attributes }) => shapeOf(name, attributes, 'shape'), STATEFUL),
  ReadFile: op('string -> string', ({ inputs: [names] }) => names!, STATEFUL),
} satisfies OpTable;
