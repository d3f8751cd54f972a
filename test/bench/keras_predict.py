"""Measured process: files to predictions by Keras's predict, fed by tf.data. In: settings as JSON. Out: images a second."""

import glob
import json
import sys
import time

import keras
import tensorflow as tf
from keras import layers

from measured import peak_memory, tell

settings = json.loads(sys.argv[1])
size = settings["size"]
files = sorted(glob.glob(f"{settings['files']}/*.jpg"))

backbone = getattr(keras.applications, settings["model"])(
    include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg"
)
outputs = []
for head, classes in settings["heads"].items():
    x = layers.BatchNormalization()(backbone.output)
    x = layers.Dense(128, activation="relu")(x)
    outputs.append(layers.Dense(classes, activation="softmax", name=f"{head}_output")(x))
model = keras.Model(backbone.input, outputs)


def load(path):
    pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(pixels, (size, size)) / 255.0


images = (
    tf.data.Dataset.from_tensor_slices(files)
    .map(load, num_parallel_calls=tf.data.AUTOTUNE)
    .batch(32)
    .prefetch(tf.data.AUTOTUNE)
)
# Once before, so that the clock does not run while it is traced.
model.predict(images.take(2), verbose=0)
begun, cpu = time.perf_counter(), time.process_time()
model.predict(images, verbose=0)
seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
tell(
    peakBytes=peak_memory(),
    figures={
        "images": len(files),
        "imagesPerSecond": len(files) / seconds,
        "cpuMillisecondsPerImage": spent * 1e3 / len(files),
    },
    versions={"keras": keras.__version__, "keras tensorflow": tf.__version__},
)
