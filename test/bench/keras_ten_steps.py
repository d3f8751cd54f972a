"""
Runs of Keras from given weights on given batches. In: path of a JSON file with the settings. Out: one JSON object with
the losses of every run; where a run names a folder, the weights and Adam's slots before each step and after the last,
as `<step>.safetensors`. Where `gradientsOf` names such a folder, no run is made: the loss and the gradients of each of
its states are computed in double precision, and the gradients are written as `<step>.gradients.safetensors`.
"""

import json
import os
import struct
import sys

import numpy as np
import tensorflow as tf

with open(sys.argv[1]) as text:
    settings = json.load(text)

import keras
from keras import layers

size, heads = settings["size"], settings["heads"]
if settings["gradientsOf"] is not None:
    keras.backend.set_floatx("float64")
    keras.config.set_dtype_policy("float64")


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())


def build():
    backbone = getattr(keras.applications, settings["model"])(
        include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg"
    )
    outputs = []
    for head, classes in heads.items():
        x = layers.BatchNormalization(name=f"{head}_tower_0_batchNorm")(backbone.output)
        x = layers.Dense(128, activation="relu", name=f"{head}_tower_2_dense")(x)
        outputs.append(layers.Dense(classes, name=f"{head}_output")(x))
    return keras.Model(backbone.input, outputs)


def name_of(variable):
    return "/".join(variable.path.split("/")[-2:])


def optimizer_of(plan):
    if plan["name"] == "sgd":
        return keras.optimizers.SGD(plan["learningRate"], momentum=plan["momentum"])
    return keras.optimizers.Adam(plan["learningRate"], beta_1=0.9, beta_2=0.999, epsilon=plan["epsilon"])


def state(model):
    def numbers(variable):
        return np.asarray(variable, np.float32)

    tensors = {f"weights/{name_of(v)}": numbers(v) for v in model.variables}
    optimizer = model.optimizer
    for slot, variables in (("m", optimizer._momentums), ("v", optimizer._velocities)):
        for weight, variable in zip(model.trainable_variables, variables, strict=True):
            tensors[f"{slot}/{name_of(weight)}"] = numbers(variable)
    return tensors


model = build()
weights = read_safetensors(settings["weights"])
pixels = np.fromfile(settings["pixels"], np.uint8).reshape(-1, size, size, 3)
mean, std = (np.asarray(settings[key], np.float32) for key in ("mean", "std"))


def images_of(batch):
    return (pixels[batch["images"]].astype(np.float32) - mean) / std


def labels_of(batch):
    return [np.asarray(batch["labels"][head]) for head in heads]


def losses_of(run):
    taken = set()
    for variable in model.variables:
        name = f"weights/{name_of(variable)}"
        values = weights[name]
        assert variable.shape == values.shape, name
        # The next number that float32 has: what a single rounding would have changed.
        variable.assign(np.nextafter(values, np.float32(np.inf)) if run["perturbed"] else values)
        taken.add(name)
    assert taken == set(weights), sorted(set(weights) ^ taken)[:5]
    for layer in model.layers:
        layer.trainable = run["backboneTrained"] or layer.name.startswith(tuple(heads))
    model.compile(
        optimizer=optimizer_of(run["optimizer"]),
        loss=[keras.losses.SparseCategoricalCrossentropy(from_logits=True) for _ in heads],
        # TensorFlow's own kernels, as we have them, and not XLA's.
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    losses = []
    for step, batch in enumerate(settings["batches"]):
        if run["states"] is not None:
            write_safetensors(os.path.join(run["states"], f"{step}.safetensors"), state(model))
        images, labels = images_of(batch), labels_of(batch)
        loss = model.train_on_batch(images, labels)
        # Each call gives the mean over all calls since the counts were last set to zero.
        model.reset_metrics()
        losses.append(float(loss[0] if isinstance(loss, list) else loss))
    if run["states"] is not None:
        write_safetensors(os.path.join(run["states"], f"{len(losses)}.safetensors"), state(model))
    print(run["name"], losses, file=sys.stderr, flush=True)
    return losses


def losses_in_double(folder):
    """Of each state, on the batch that follows it. The last state has none."""

    @tf.function
    def compute(images, labels):
        with tf.GradientTape() as tape:
            each = zip(labels, model(images, training=True))
            loss = tf.add_n(
                [tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(truth, logits)) for truth, logits in each]
            )
        return loss, tape.gradient(loss, model.trainable_variables)

    losses = []
    for step, batch in enumerate(settings["batches"]):
        tensors = read_safetensors(os.path.join(folder, f"{step}.safetensors"))
        for variable in model.variables:
            variable.assign(tensors[f"weights/{name_of(variable)}"].astype(np.float64))
        loss, gradients = compute(images_of(batch).astype(np.float64), labels_of(batch))
        assert loss.dtype == tf.float64
        named = zip(model.trainable_variables, gradients)
        write_safetensors(
            os.path.join(folder, f"{step}.gradients.safetensors"),
            {f"m/{name_of(variable)}": gradient.numpy().astype(np.float32) for variable, gradient in named},
        )
        losses.append(float(loss))
    return losses


if settings["gradientsOf"] is not None:
    results = {"float64": losses_in_double(settings["gradientsOf"])}
else:
    results = {run["name"]: losses_of(run) for run in settings["runs"]}
print(json.dumps({"losses": results, "keras": keras.__version__}))
