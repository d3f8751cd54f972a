/**
 * The part of ONNX's protocol buffers that an exported network needs: field numbers and names of onnx.proto3 of ONNX 1.23
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, Copyright (c) ONNX Project Contributors, Apache-2.0), what is
 * not written here left out.
 */
import protobuf from 'protobufjs';

const DEFINITIONS = `
syntax = "proto3";
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; string doc_string = 3; }
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message StringStringEntryProto { string key = 1; string value = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; string producer_version = 3; int64 model_version = 5;
  string doc_string = 6; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
  repeated StringStringEntryProto external_data = 13; int32 data_location = 14;
}
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  oneof value { Tensor tensor_type = 1; }
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
`;

/** Numbers of TensorProto.DataType. */
export const dataTypes = { float32: 1, uint8: 2, int64: 7, bool: 9 } as const;
export type DataType = keyof typeof dataTypes;

/** Numbers of AttributeProto.AttributeType. */
export const attributeTypes = { f: 1, i: 2, s: 3, ints: 7 } as const;

export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
}

export interface NodeMessage {
  readonly op_type: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeMessage[];
}

export interface EntryMessage {
  readonly key: string;
  readonly value: string;
}

export interface TensorMessage {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data_type: number;
  readonly raw_data?: Uint8Array;
  /** Where its bytes are, in a file beside; `data_location` is then 1. */
  readonly external_data?: readonly EntryMessage[];
  readonly data_location?: number;
}

export interface ValueMessage {
  readonly name: string;
  readonly doc_string: string;
  readonly type: {
    readonly tensor_type: {
      readonly elem_type: number;
      readonly shape: {
        readonly dim: readonly ({ readonly dim_value: number } | { readonly dim_param: string })[];
      };
    };
  };
}

export interface ModelMessage {
  readonly ir_version: number;
  readonly producer_name: string;
  readonly producer_version: string;
  readonly model_version: number;
  readonly doc_string: string;
  readonly opset_import: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata_props: readonly EntryMessage[];
  readonly graph: {
    readonly name: string;
    readonly node: readonly NodeMessage[];
    readonly initializer: readonly TensorMessage[];
    readonly input: readonly ValueMessage[];
    readonly output: readonly ValueMessage[];
  };
}

export function encodeModel(message: ModelMessage): Uint8Array {
  return protobuf
    .parse(DEFINITIONS, { keepCase: true })
    .root.lookupType('ModelProto')
    .encode(message)
    .finish();
}
