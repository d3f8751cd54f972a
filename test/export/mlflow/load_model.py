"""Loads a registered model as users of MLflow do, and answers for raw images: tracking URI, model URI, file of uint8, count, side."""

import json
import sys

import mlflow
import numpy as np

uri, model_uri, raw, count, side = sys.argv[1:]
mlflow.set_tracking_uri(uri)
model = mlflow.pyfunc.load_model(model_uri)
images = np.fromfile(raw, np.uint8).reshape(int(count), int(side), int(side), 3)
answers = model.predict({"images": images})
example = model.predict({name: value.astype(np.uint8) for name, value in model.input_example.items()})
print(
    json.dumps(
        {
            "inputs": model.metadata.signature.inputs.to_dict(),
            "outputs": model.metadata.signature.outputs.to_dict(),
            "answers": {name: value.ravel().tolist() for name, value in answers.items()},
            "example": {name: value.ravel().tolist() for name, value in example.items()},
        }
    )
)
