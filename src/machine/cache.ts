// The machine-wide cache: downloaded libraries, the compiled binding, MLflow's environment, decoded images.
export { cacheFolder } from './cache-folder.mjs';
