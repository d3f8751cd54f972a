/**
 * A model as MLflow wants it: the ONNX file of `run export`, and an `MLmodel` by which `mlflow.pyfunc.load_model` and
 * `mlflow models serve` load it (https://mlflow.org/docs/latest/ml/model/#storage-format). Shape letters: N images, S side of
 * a decoded image, K classes.
 */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Model, ModelDescription } from '../../bundle/model.ts';
import { readModel } from '../../bundle/read.ts';
import { mlflowVersion } from '../../setup/versions.mjs';
import type { PackageWanted } from '../../track/delivery.ts';
import { namesOf } from '../names.ts';
import { onnx } from '../onnx/onnx.ts';

/** What a Python that serves the model needs. */
const requirements = [`mlflow==${mlflowVersion}`, 'onnx==1.23.2', 'onnxruntime==1.32.0', 'numpy==2.4.6'];
const python = '3.11';
const EXAMPLE = 'input_example.json';
const SERVING_EXAMPLE = 'serving_input_example.json';

/** @throws ExperimentError where the model is damaged, RunError where ONNX cannot hold it */
export async function writePackage({ model: folder, into, modelId, runId }: PackageWanted): Promise<void> {
  const model = readModel(folder);
  await onnx.write(model, into);
  const write = (name: string, text: string): void => writeFileSync(join(into, name), text);
  const example = exampleOf(model);
  if (example !== null) {
    write(EXAMPLE, JSON.stringify(example));
    write(SERVING_EXAMPLE, JSON.stringify({ inputs: example }));
  }
  write('requirements.txt', `${requirements.join('\n')}\n`);
  const pip = ['pip', 'setuptools', 'wheel'];
  write(
    'python_env.yaml',
    stringify({ python, build_dependencies: pip, dependencies: ['-r requirements.txt'] }),
  );
  const dependencies = [`python=${python}`, 'pip', { pip: requirements }];
  write('conda.yaml', stringify({ name: 'mlflow-env', channels: ['conda-forge'], dependencies }));
  write(
    'MLmodel',
    stringify(mlmodelOf(model.description, { modelId, runId, into, hasExample: example !== null })),
  );
}

/** A validation image, as a request to a server has it. */
function exampleOf(model: Model): Readonly<Record<string, unknown>> | null {
  const pixels = model.readProof()?.pixels_NSS3;
  if (pixels === undefined) return null;
  const { input, heads } = model.description;
  const side = input.decodedSize;
  const rows = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x) => [...pixels.subarray(3 * (y * side + x), 3 * (y * side + x) + 3)]),
  );
  return { [namesOf(heads).images]: [rows] };
}

interface Facts {
  readonly modelId: string;
  readonly runId: string;
  readonly into: string;
  readonly hasExample: boolean;
}

function mlmodelOf(description: ModelDescription, { modelId, runId, into, hasExample }: Facts): object {
  const names = namesOf(description.heads);
  const side = description.input.decodedSize;
  const tensor = (name: string, dtype: string, shape: readonly number[]) => ({
    name,
    type: 'tensor',
    'tensor-spec': { dtype, shape },
  });
  const outputs = names.heads.flatMap(({ probabilities, class: chosen }, h) => [
    tensor(probabilities, 'float32', [-1, description.heads[h]!.classes.length]),
    tensor(chosen, 'int64', [-1]),
  ]);
  return {
    flavors: {
      onnx: {
        code: null,
        data: onnx.file,
        onnx_version: requirements[1]!.split('==')[1],
        // Others are the choice of who serves it: MLflow warns of each that is not there.
        providers: ['CPUExecutionProvider'],
      },
      python_function: {
        data: onnx.file,
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        loader_module: 'mlflow.onnx',
        python_version: python,
      },
    },
    metadata: { manyheads: description.versions.manyheads, planHash: description.run.planHash },
    mlflow_version: mlflowVersion,
    model_id: modelId,
    model_size_bytes: statSync(join(into, onnx.file)).size,
    model_uuid: modelId,
    run_id: runId,
    ...(hasExample && {
      saved_input_example_info: {
        artifact_path: EXAMPLE,
        serving_input_path: SERVING_EXAMPLE,
        type: 'ndarray',
      },
    }),
    // JSON inside YAML: so MLflow reads it.
    signature: {
      inputs: JSON.stringify([tensor(names.images, 'uint8', [-1, side, side, 3])]),
      outputs: JSON.stringify(outputs),
      params: null,
    },
    utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', ''),
  };
}
