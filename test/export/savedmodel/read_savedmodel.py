"""Loads a SavedModel and runs its signature. In: the folder, raw uint8 images, their number. Out: JSON with the outputs in float64,
by name, what the signature says of itself, and the ops of the graph."""

import json
import sys

import numpy as np
import tensorflow as tf

folder, images, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
predict = tf.saved_model.load(folder).signatures["serving_default"]
((), given) = predict.structured_input_signature
((name, spec),) = given.items()
pixels = np.fromfile(images, np.uint8).reshape(count, *spec.shape[1:])
answers = {key: values.numpy() for key, values in predict(**{name: tf.constant(pixels)}).items()}
first = {key: values.numpy() for key, values in predict(**{name: tf.constant(pixels[:1])}).items()}
print(
    json.dumps(
        {
            "input": [name, spec.dtype.name, spec.shape.as_list()],
            "types": {key: values.dtype.name for key, values in answers.items()},
            "shapes": {key: output.shape.as_list() for key, output in predict.structured_outputs.items()},
            "answers": {key: values.astype(np.float64).ravel().tolist() for key, values in answers.items()},
            "first": {key: values.astype(np.float64).ravel().tolist() for key, values in first.items()},
            "ops": sorted({op.type for op in predict.graph.get_operations()}),
        }
    )
)
