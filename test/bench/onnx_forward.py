"""Measured process: a network of ours in ONNX Runtime. In: settings as JSON, with the file of the network's description and
that of its weights. Out: a line a forward, and with "outputs" the heads' logits in a file."""

import json
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from measured import peak_memory, tell


def onnx_bytes(network, weights, size):
    """The layers as they are; ONNX Runtime folds and fuses them itself. Images are [batch, 3, size, size]."""
    nodes, constants = [], []
    names = {}  # output of each layer, by its name

    def constant(name, values):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], **attributes))

    def pads(before, settings, kernel, strides):
        if settings["padding"] == "valid":
            return [0, 0, 0, 0]
        ends = []
        for side, window, stride in zip(before, kernel, strides):
            total = max(0, (-(-side // stride) - 1) * stride + window - side)
            ends.append((total // 2, total - total // 2))
        return [ends[0][0], ends[1][0], ends[0][1], ends[1][1]]

    shapes = {layer["name"]: layer["outputShape"] for layer in network["layers"]}
    for layer in network["layers"]:
        name, kind, settings = layer["name"], layer["type"], layer["settings"]
        inputs = [names[each] for each in layer["inputs"]]
        names[name] = name
        own = {spec["name"].rsplit("/", 1)[1]: weights[spec["name"]] for spec in layer["weights"]}
        if kind == "input":
            names[name] = "images"
        elif kind in ("dropout", "stochasticDepth"):
            names[name] = inputs[0]
        elif kind == "zeroPad":
            (top, bottom), (left, right) = settings["padding"]
            node("Pad", [inputs[0], constant(f"{name}/pads", np.array([0, 0, top, left, 0, 0, bottom, right]))], name)
        elif kind in ("conv", "depthwiseConv"):
            kernel = own["kernel"].transpose(3, 2, 0, 1) if kind == "conv" else own["kernel"].transpose(2, 3, 0, 1)
            groups = settings["groups"] if kind == "conv" else shapes[layer["inputs"][0]][2]
            bias = [constant(f"{name}/b", own["bias"])] if "bias" in own else []
            node(
                "Conv",
                [inputs[0], constant(f"{name}/w", kernel), *bias],
                name,
                strides=settings["strides"],
                group=groups,
                pads=pads(shapes[layer["inputs"][0]][:2], settings, settings["kernelSize"], settings["strides"]),
            )
        elif kind == "batchNorm":
            order = [constant(f"{name}/{w}", own[w]) for w in ("gamma", "beta", "moving_mean", "moving_variance")]
            node("BatchNormalization", [inputs[0], *order], name, epsilon=settings["epsilon"])
        elif kind == "relu":
            node("Relu", inputs, name)
        elif kind == "sigmoid":
            node("Sigmoid", inputs, name)
        elif kind == "swish":
            node("Sigmoid", inputs, f"{name}/share")
            node("Mul", [inputs[0], f"{name}/share"], name)
        elif kind in ("maxPool", "averagePool"):
            window, stride = [settings["size"]] * 2, [settings["strides"]] * 2
            around = pads(shapes[layer["inputs"][0]][:2], settings, window, stride)
            op = "MaxPool" if kind == "maxPool" else "AveragePool"
            node(op, inputs, name, kernel_shape=window, strides=stride, pads=around)
        elif kind in ("globalAveragePool", "globalMaxPool"):
            node("GlobalAveragePool" if kind == "globalAveragePool" else "GlobalMaxPool", inputs, f"{name}/maps")
            node("Flatten", [f"{name}/maps"], name)
        elif kind == "concatenate":
            node("Concat", inputs, name, axis=1)
        elif kind in ("add", "multiply"):
            node("Add" if kind == "add" else "Mul", inputs, name)
        elif kind == "reshape":
            channels = settings["shape"][-1]
            node("Reshape", [inputs[0], constant(f"{name}/shape", np.array([-1, channels, 1, 1]))], name)
        elif kind == "dense":
            node("Gemm", [inputs[0], constant(f"{name}/w", own["kernel"]), constant(f"{name}/b", own["bias"])], name)
        else:
            raise ValueError(f"no ONNX for a layer of the type {kind}")
    outputs = [
        helper.make_tensor_value_info(head["layer"], TensorProto.FLOAT, [None, shapes[head["layer"]][0]])
        for head in network["heads"]
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [None, 3, size, size])
    graph = helper.make_graph(nodes, "network", [images], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


settings = json.loads(sys.argv[1])
with open(settings["network"]) as text:
    network = json.load(text)
values = np.fromfile(settings["weights"], "<f4")
weights, at = {}, 0
for spec in (spec for layer in network["layers"] for spec in layer["weights"]):
    count = int(np.prod(spec["shape"]))
    weights[spec["name"]] = values[at : at + count].reshape(spec["shape"])
    at += count
size = network["layers"][0]["outputShape"][0]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = settings["threads"]
session = onnxruntime.InferenceSession(onnx_bytes(network, weights, size), options, providers=["CPUExecutionProvider"])
images = np.fromfile(settings["images"], "<f4").reshape(-1, size, size, 3).transpose(0, 3, 1, 2)
feeds = {"images": np.ascontiguousarray(images)}
for _ in range(settings["steps"]):
    begun, cpu = time.perf_counter(), time.process_time()
    logits = session.run(None, feeds)
    tell(
        milliseconds=(time.perf_counter() - begun) * 1e3,
        cpuMilliseconds=(time.process_time() - cpu) * 1e3,
        loss=0,
        at=time.time() * 1e3,
    )
if "outputs" in settings:
    np.concatenate(logits, 1).astype("<f4").tofile(settings["outputs"])
tell(peakBytes=peak_memory(), versions={"onnxruntime": onnxruntime.__version__})
