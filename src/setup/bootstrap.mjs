// `npm run setup`, and `npx manyheads setup` of an installed package: to a machine that can train. Plain JavaScript, since nothing is installed when it
// starts: checks Node, installs the npm packages, then hands over to setup.ts. With nothing to do it ends at once.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { withLock } from '../machine/lock.mjs';
import { placeLink } from '../machine/whole.mjs';
import {
  hasMlflow,
  isInstalled,
  npmProblem,
  projectFolder,
  readStamp,
  setupLine,
  tensorflowProblem,
} from './stamp.mjs';
import { nodeProblem, tensorflowVersion } from './versions.mjs';

const usage = `${setupLine('[--cpu | --gpu] [--mlflow] [--quiet]')}
  --cpu, --gpu  TensorFlow for this device; without it an NVIDIA driver decides
  --mlflow      also the private MLflow environment (850 MB), else it is made when first needed
  --quiet       no line when there is nothing to do
`;

/**
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function stop(text, code) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

/**
 * Runs a command with its output on our standard error.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} exit code; 127 where there is no such command
 */
function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: projectFolder, stdio: ['ignore', 2, 2] });
    child.on('error', () => done(127));
    child.on('close', (code, signal) => done(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

async function installPackages() {
  const reason = npmProblem();
  if (reason === undefined) return;
  if (isInstalled())
    stop(`${reason}\n  Install the package again: npm install --ignore-scripts manyheads`, 1);
  const start = Date.now();
  process.stderr.write(`npm packages: installing (${reason})\n`);
  const beat = setInterval(() => {
    if (!process.stderr.isTTY)
      process.stderr.write(`npm packages: ${Math.round((Date.now() - start) / 1000)} s\n`);
  }, 15_000);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const code = npm?.endsWith('.js') ? await run(process.execPath, [npm, ...args]) : await run('npm', args);
  clearInterval(beat);
  if (code === 127)
    stop('npm is not on the PATH: install Node together with npm, from https://nodejs.org', 1);
  if (code !== 0)
    stop(`npm ci failed with exit code ${code}: see above; \`npm run setup\` starts it again`, code);
  const left = npmProblem();
  if (left !== undefined)
    stop(`npm ci ended well, but ${left}: delete node_modules and run \`npm run setup\` again`, 1);
  process.stderr.write(`npm packages: done in ${Math.round((Date.now() - start) / 1000)} s\n`);
}

/** `npx run` looks in node_modules/.bin, where npm links no program of the project itself, and would else ask to fetch a package of that name. */
function linkPrograms() {
  if (isInstalled()) return;
  const folder = join(projectFolder, 'node_modules', '.bin');
  const target = join('..', '..', 'src', 'launch.mjs');
  mkdirSync(folder, { recursive: true });
  for (const name of ['run', 'manyheads']) {
    const path = join(folder, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === target)
      continue;
    placeLink(target, path);
  }
}

// `run setup` of an installed package comes here too: launch.mjs.
const args = process.argv.slice(2).filter((arg, i) => i > 0 || arg !== 'setup');
const unknown = args.filter((arg) => !['--cpu', '--gpu', '--mlflow', '--quiet', '--help'].includes(arg));
if (args.includes('--help')) stop(usage, 0);
if (unknown.length > 0) stop(`unknown argument ${unknown.join(' ')}\n${usage}`, 2);
if (args.includes('--cpu') && args.includes('--gpu')) stop(`--cpu and --gpu exclude each other\n${usage}`, 2);
const node = nodeProblem(process.versions.node);
if (node !== undefined) stop(node, 1);

const forced = args.includes('--gpu') ? 'gpu' : args.includes('--cpu') ? 'cpu' : undefined;
const isReady = () =>
  npmProblem() === undefined &&
  tensorflowProblem(forced) === undefined &&
  (!args.includes('--mlflow') || hasMlflow());

if (isReady()) {
  linkPrograms();
} else {
  const lock = `clone-${createHash('sha256').update(projectFolder).digest('hex').slice(0, 12)}.lock`;
  const wait = (/** @type {string} */ owner) =>
    process.stderr.write(`waiting for ${owner}, which sets up this clone\n`);
  const code = await withLock(
    join(cacheFolder(), 'locks', lock),
    async () => {
      await installPackages();
      linkPrograms();
      // The one we waited for may have done it all.
      if (isReady()) return 0;
      return run(process.execPath, ['--import', 'tsx', join('src', 'setup', 'setup.ts'), ...args]);
    },
    wait,
  );
  if (code !== 0) process.exit(code);
}
if (!args.includes('--quiet')) {
  process.stderr.write(`ready: TensorFlow ${tensorflowVersion} (${readStamp()?.variant.toUpperCase()})\n`);
}
