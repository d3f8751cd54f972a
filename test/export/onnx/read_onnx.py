"""Checks an ONNX file and runs it. In: the file, raw uint8 images, their number. Out: JSON with the outputs in float64, by name,
and what the file says of itself."""

import json
import sys

import numpy as np
import onnx
import onnxruntime

file, images, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
onnx.checker.check_model(file, full_check=True)
model = onnx.load(file)
session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
(given,) = session.get_inputs()
side = given.shape[1]
pixels = np.fromfile(images, np.uint8).reshape(count, side, side, 3)
names = [output.name for output in session.get_outputs()]
answers = dict(zip(names, session.run(None, {given.name: pixels})))
print(
    json.dumps(
        {
            "opset": [[each.domain, each.version] for each in model.opset_import],
            "input": [given.name, given.type, given.shape],
            "types": {name: str(values.dtype) for name, values in answers.items()},
            "labels": json.loads({each.key: each.value for each in model.metadata_props}["labels"]),
            "answers": {name: values.astype(np.float64).ravel().tolist() for name, values in answers.items()},
        }
    )
)
