/**
 * The part of TensorFlow's protocol buffers that a SavedModel of ours needs. Field numbers:
 * https://github.com/tensorflow/tensorflow/tree/v2.21.0/tensorflow/core/protobuf (saved_model, meta_graph) and
 * …/core/framework (graph, node_def, attr_value, tensor, tensor_shape, versions).
 */
import protobuf from 'protobufjs';

const DEFINITIONS = `
syntax = "proto3";
message Dimension { int64 size = 1; }
message Shape { repeated Dimension dim = 2; bool unknown_rank = 3; }
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; repeated bytes string_val = 8; }
message ListValue {
  repeated bytes s = 2; repeated int64 i = 3; repeated float f = 4; repeated bool b = 5;
  repeated int32 type = 6; repeated Shape shape = 7;
}
message AttrValue {
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7;
    Tensor tensor = 8;
  }
}
message NodeDef { string name = 1; string op = 2; repeated string input = 3; string device = 4; map<string, AttrValue> attr = 5; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
message SignatureDef { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
message MetaInfoDef { string meta_graph_version = 1; repeated string tags = 4; string tensorflow_version = 5; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; map<string, SignatureDef> signature_def = 5; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
`;

/** The same messages without the nodes, which are most of a file: a reader skips what it does not know. */
const SIGNATURES_ONLY = DEFINITIONS.replace('GraphDef graph_def = 2;', '');

function messageOf(definitions: string): protobuf.Type {
  return protobuf.parse(definitions, { keepCase: true }).root.lookupType('SavedModel');
}

export interface ShapeMessage {
  readonly dim?: readonly { readonly size: number }[];
}

export interface TensorInfoMessage {
  readonly name: string;
  readonly dtype: number;
  readonly tensor_shape: ShapeMessage;
}

export interface SignatureMessage {
  readonly inputs: Readonly<Record<string, TensorInfoMessage>>;
  readonly outputs: Readonly<Record<string, TensorInfoMessage>>;
  readonly method_name: string;
}

export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly device?: string;
  readonly attr: Readonly<Record<string, object>>;
}

export interface SavedModelMessage {
  readonly saved_model_schema_version: number;
  readonly meta_graphs: readonly {
    readonly meta_info_def: {
      readonly meta_graph_version: string;
      readonly tags: readonly string[];
      readonly tensorflow_version?: string;
    };
    readonly graph_def: {
      readonly node: readonly NodeMessage[];
      readonly versions: { readonly producer: number };
    };
    readonly signature_def: Readonly<Record<string, SignatureMessage>>;
  }[];
}

export function encodeSavedModel(message: SavedModelMessage): Uint8Array {
  return messageOf(DEFINITIONS).encode(message).finish();
}

/** The signatures in the bytes of a `saved_model.pb`, by name. */
export function decodeSignatures(bytes: Uint8Array): Readonly<Record<string, SignatureMessage>> {
  const type = messageOf(SIGNATURES_ONLY);
  const options = { longs: Number, defaults: true, arrays: true, objects: true };
  const message = type.toObject(type.decode(bytes), options) as {
    meta_graphs: { signature_def: Record<string, SignatureMessage> }[];
  };
  return message.meta_graphs[0]!.signature_def;
}
