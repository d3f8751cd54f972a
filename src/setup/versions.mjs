// The versions this project stands on, each written down once. Plain JavaScript: read before anything is installed.

/** TensorFlow as published on PyPI; the binding of tfjs is compiled against its C API. */
export const tensorflowVersion = '2.21.0';

/** Version of `@tensorflow/tfjs-node-gpu` in package.json; part of the key of a compiled binding. */
export const tfjsVersion = '4.22.0';

/** MLflow of the private environment behind `run ui` and the tests. */
export const mlflowVersion = '3.17.2';

/** ONNX Runtime for Node as published on npm: what `run export` proves ONNX files with. Installed when it is first needed. */
export const onnxRuntimeVersion = '1.30.0';

/** Lowest Node, inclusive, and the first major version that is too new. */
export const nodeRange = { lowest: [20, 9], below: 27 };

/** Node-API level that the module path names; Node 20 and later all look the binding up under it. */
export const nodeApiVersion = 8;

/**
 * What is wrong with this Node, or undefined.
 * @param {string} version as `process.versions.node`, `24.3.1`
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [lowestMajor = 0, lowestMinor = 0] = nodeRange.lowest;
  const tooOld = major < lowestMajor || (major === lowestMajor && minor < lowestMinor);
  if (!tooOld && major < nodeRange.below) return undefined;
  return (
    `Node ${nodeRange.lowest.join('.')} to ${nodeRange.below - 1} is needed, this is Node ${version}.\n` +
    '  Install a supported one, for example `nvm install 24 && nvm use 24`, or from https://nodejs.org'
  );
}
