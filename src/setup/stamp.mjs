// Is this clone ready? Only a few file reads, so that asking costs milliseconds. Plain JavaScript: asked by the bootstrap
// before anything is installed, and by doctor. What is written: node_modules/.manyheads/tensorflow.json.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { writeWhole } from '../machine/whole.mjs';
import { mlflowVersion, nodeApiVersion, tensorflowVersion } from './versions.mjs';

/** @typedef {'cpu' | 'gpu'} Variant */

/**
 * Proof that the binding was built and called.
 * @typedef {object} Stamp
 * @property {string} tensorflow version
 * @property {Variant} variant
 * @property {boolean} chosen true where `--cpu` or `--gpu` was given, false where the machine decided
 * @property {string} lock hash of package-lock.json and our C++ files
 * @property {string} platform
 * @property {number} bindingBytes
 */

/** Root of this clone, or of the installed package. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Was it installed by npm as a package among others? Then npm looks after its packages, and not its lock file. */
export const isInstalled = (project = projectFolder) => basename(dirname(project)) === 'node_modules';

/** The line that sets up TensorFlow. @param {string} [option] as `--gpu` */
export function setupLine(option) {
  const [line, before] = isInstalled() ? ['npx manyheads setup', ' '] : ['npm run setup', ' -- '];
  return option === undefined ? line : line + before + option;
}

/**
 * Where Node finds a package of the project: in its own node_modules, or in one above, which several share.
 * @param {string} name
 * @param {string} [project]
 */
export function packageFolder(name, project = projectFolder) {
  const own = join(project, 'node_modules', name);
  if (!isInstalled(project)) return own;
  for (let at = project; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return own;
}

/** Where tfjs looks for its binding, and where it finds libtensorflow, under a project. */
export const places = (project = projectFolder) => {
  const tfjs = packageFolder('@tensorflow/tfjs-node-gpu', project);
  return {
    tfjs,
    binding: join(tfjs, 'lib', `napi-v${nodeApiVersion}`, 'tfjs_binding.node'),
    libraries: join(tfjs, 'deps', 'lib'),
    headers: join(tfjs, 'deps', 'include'),
    stamp: join(project, 'node_modules', '.manyheads', 'tensorflow.json'),
  };
};

/** Our own C++ files and headers, which are compiled into the binding: paths, in an order that never changes. */
export function nativeFiles(project = projectFolder) {
  const folder = join(project, 'src', 'native');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Hash of package-lock.json, which a package has none of, and of our C++ files, in hexadecimal. */
export function lockHash(project = projectFolder) {
  const lock = isInstalled(project) ? 'package.json' : 'package-lock.json';
  const hash = createHash('sha256').update(readFileSync(join(project, lock)));
  for (const file of nativeFiles(project)) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * Why node_modules is not what package-lock.json says, or undefined. npm writes `node_modules/.package-lock.json` when an
 * installation is complete, so one that broke off has none.
 * @param {string} [project]
 * @returns {string | undefined}
 */
export function npmProblem(project = projectFolder) {
  if (isInstalled(project)) return installedProblem(project);
  const wanted = readJson(join(project, 'package-lock.json'))?.packages;
  const installed = readJson(join(project, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined) return 'package-lock.json is missing';
  if (installed === undefined) return 'npm packages are not installed, or the installation broke off';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    // Optional packages are those of other systems: npm leaves them out.
    if (found === undefined && (entry.optional === true || entry.devOptional === true)) continue;
    if (found?.version !== entry.version)
      return `${path} ${entry.version} is wanted, ${found?.version ?? 'none'} is there`;
    if (!existsSync(join(project, path, 'package.json'))) return `${path} is empty`;
  }
  return undefined;
}

/**
 * @param {string} project
 * @returns {string | undefined}
 */
function installedProblem(project) {
  const { dependencies } = readJson(join(project, 'package.json'));
  for (const [name, version] of Object.entries(dependencies)) {
    const found = readJson(join(packageFolder(name, project), 'package.json'))?.version;
    if (found !== version) return `${name} ${version} is wanted, ${found ?? 'none'} is there`;
  }
  return undefined;
}

/**
 * Does the kernel have an NVIDIA driver? Files only: `nvidia-smi` takes a second, and may be there without a driver.
 * @param {(path: string) => boolean} [exists]
 */
export function hasNvidiaDriver(exists = existsSync) {
  // The last one is the driver of the Windows host under WSL 2.
  return ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'].some(exists);
}

/**
 * Why TensorFlow is not ready in this clone, or undefined.
 * @param {Variant | undefined} forced what `--cpu` or `--gpu` asks for
 * @param {string} [project]
 * @param {boolean} [driver] is there a GPU driver
 * @returns {string | undefined}
 */
export function tensorflowProblem(forced, project = projectFolder, driver = hasNvidiaDriver()) {
  const { binding, libraries, stamp: path } = places(project);
  const stamp = readStamp(path);
  if (stamp === undefined) return 'TensorFlow is not set up';
  if (stamp.tensorflow !== tensorflowVersion)
    return `TensorFlow ${stamp.tensorflow} is there, ${tensorflowVersion} is wanted`;
  if (stamp.lock !== lockHash(project)) return 'package-lock.json or the C++ source has changed';
  if (stamp.platform !== `${process.platform}-${process.arch}`) return `set up for ${stamp.platform}`;
  const wanted = forced ?? (stamp.chosen ? stamp.variant : driver ? 'gpu' : 'cpu');
  if (stamp.variant !== wanted)
    return `set up for the ${stamp.variant.toUpperCase()}, not the ${wanted.toUpperCase()}`;
  if (sizeOf(binding) !== stamp.bindingBytes) return 'the binding is missing or was changed';
  // Follows the links into the cache, which may have been cleared.
  if (sizeOf(join(libraries, 'libtensorflow_cc.so.2')) === undefined)
    return 'libtensorflow is gone from the cache';
  return undefined;
}

/**
 * @param {string} path
 * @returns {Stamp | undefined}
 */
export function readStamp(path = places().stamp) {
  const stamp = readJson(path);
  return typeof stamp?.tensorflow === 'string' ? stamp : undefined;
}

/**
 * Says that the binding of this clone was built and called.
 * @param {Variant} variant
 * @param {boolean} chosen by an argument
 * @param {string} [project]
 */
export function writeStamp(variant, chosen, project = projectFolder) {
  const { binding, stamp: path } = places(project);
  /** @type {Stamp} */
  const stamp = {
    tensorflow: tensorflowVersion,
    variant,
    chosen,
    lock: lockHash(project),
    platform: `${process.platform}-${process.arch}`,
    bindingBytes: statSync(binding).size,
  };
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, stamp);
}

/** Paths of MLflow's private environment; the stamp is written when it is complete. */
export function mlflowPlaces(cache = cacheFolder()) {
  const folder = join(cache, 'mlflow', mlflowVersion);
  return { folder, executable: join(folder, 'bin', 'mlflow'), stamp: join(folder, 'complete.json') };
}

/** Is MLflow's environment complete, and is the Python that it was made with still there? */
export function hasMlflow(cache = cacheFolder()) {
  const { folder, executable, stamp } = mlflowPlaces(cache);
  return [stamp, executable, join(folder, 'bin', 'python')].every((path) => sizeOf(path) !== undefined);
}

/**
 * @param {string} path
 * @returns {number | undefined} bytes, links followed
 */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
