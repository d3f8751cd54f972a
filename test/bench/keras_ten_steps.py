"""Ten steps of Keras from given weights on given batches. In: settings as JSON. Out: one JSON object with the losses."""

import json
import struct
import sys

import keras
import numpy as np
from keras import layers

settings = json.loads(sys.argv[1])
size, heads = settings["size"], settings["heads"]
if settings["float64"]:
    keras.backend.set_floatx("float64")


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


backbone = getattr(keras.applications, settings["model"])(
    include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg"
)
outputs = []
for head, classes in heads.items():
    x = layers.BatchNormalization(name=f"{head}_tower_0_batchNorm")(backbone.output)
    x = layers.Dense(128, activation="relu", name=f"{head}_tower_2_dense")(x)
    outputs.append(layers.Dense(classes, name=f"{head}_output")(x))
model = keras.Model(backbone.input, outputs)

weights = read_safetensors(settings["weights"])
taken = set()
for variable in model.variables:
    name = "weights/" + "/".join(variable.path.split("/")[-2:])
    assert variable.shape == weights[name].shape, name
    variable.assign(weights[name])
    taken.add(name)
assert taken == set(weights), sorted(set(weights) ^ taken)[:5]

model.compile(
    optimizer=keras.optimizers.Adam(settings["learningRate"], beta_1=0.9, beta_2=0.999, epsilon=settings["epsilon"]),
    loss=[keras.losses.SparseCategoricalCrossentropy(from_logits=True) for _ in heads],
)
pixels = np.fromfile(settings["pixels"], np.uint8).reshape(-1, size, size, 3)
mean, std = (np.asarray(settings[key], np.float32) for key in ("mean", "std"))
losses = []
for batch in settings["batches"]:
    images = (pixels[batch["images"]].astype(np.float32) - mean) / std
    labels = [np.asarray(batch["labels"][head]) for head in heads]
    loss = model.train_on_batch(images, labels)
    # Each call gives the mean over all calls since the counts were last set to zero.
    model.reset_metrics()
    losses.append(float(loss[0] if isinstance(loss, list) else loss))
print(json.dumps({"losses": losses, "keras": keras.__version__}))
