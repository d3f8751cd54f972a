"""Measured process: the same images through tf.data, as its guide says. In: settings as JSON. Out: images a second."""

import json
import sys
import time

import tensorflow as tf

from measured import peak_memory, tell

settings = json.loads(sys.argv[1])
with open(settings["files"]) as text:
    files = json.load(text)
size = settings["size"]


def load(path):
    pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.cast(tf.image.resize(pixels, (size, size)), tf.uint8)


begun, cpu = time.perf_counter(), time.process_time()
images = tf.data.Dataset.from_tensor_slices(files).map(load, num_parallel_calls=tf.data.AUTOTUNE)
count = sum(len(batch) for batch in images.batch(32).prefetch(tf.data.AUTOTUNE))
seconds = time.perf_counter() - begun
spent = time.process_time() - cpu
tell(
    peakBytes=peak_memory(),
    figures={
        "images": count,
        "imagesPerSecond": count / seconds,
        "cpuMillisecondsPerImage": spent * 1e3 / count,
    },
)
