"""Measured process: train_on_batch of Keras 3 as its users call it. In: settings as JSON. Out: a line a step."""

import json
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from measured import peak_memory, tell, time_steps

settings = json.loads(sys.argv[1])
size, batch, heads = settings["size"], settings["batchSize"], settings["heads"]

backbone = getattr(keras.applications, settings["model"])(
    include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg"
)
outputs = []
for head, classes in heads.items():
    x = layers.BatchNormalization()(backbone.output)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(128, activation="relu")(x)
    outputs.append(layers.Dense(classes, activation="softmax", name=f"{head}_output")(x))
model = keras.Model(backbone.input, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(settings["learningRate"]),
    loss=["sparse_categorical_crossentropy"] * len(heads),
    metrics=[["accuracy"]] * len(heads),
)

random = np.random.default_rng(0)
images = random.standard_normal((batch, size, size, 3), dtype=np.float32)
labels = [random.integers(0, classes, batch) for classes in heads.values()]
time_steps(lambda: float(model.train_on_batch(images, labels)[0]), settings["steps"])
tell(peakBytes=peak_memory(), versions={"keras": keras.__version__, "keras tensorflow": tf.__version__})
