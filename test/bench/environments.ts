/** Virtual environments of the peers, and of what reads exports, one each, in the cache folder. In: a peer. Out: the path of its Python. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../../src/errors.ts';
import { cacheFolder } from '../../src/machine/cache-folder.mjs';
import { lastLines, runCommand } from '../../src/machine/command.ts';
import { withLock } from '../../src/machine/lock.mjs';
import { stepOf } from '../../src/setup/mlflow-environment.ts';
import { type Progress, reportWait, withProgress } from '../../src/setup/progress.ts';
import { makeEnvironment } from '../../src/setup/python.ts';
import { tensorflowVersion } from '../../src/setup/versions.mjs';

export type Peer = 'keras' | 'torch' | 'onnx' | 'readsOnnx' | 'readsTensorflow';

const requirements: Readonly<Record<Peer, readonly string[]>> = {
  keras: [`tensorflow-cpu==${tensorflowVersion}`, 'keras==3.15.1'],
  onnx: ['onnxruntime==1.32.0', 'onnx==1.23.2', 'numpy==2.4.6'],
  // Beside what loads an exported model, Pillow for its snippet.
  readsOnnx: ['onnxruntime==1.32.0', 'onnx==1.23.2', 'numpy==2.4.6', 'pillow==13.0.0'],
  readsTensorflow: [`tensorflow-cpu==${tensorflowVersion}`, 'keras==3.15.1', 'pillow==13.0.0'],
  torch: ['torch==2.15.0', 'torchvision==0.29.2', 'timm==1.0.31', 'numpy'],
};

/** Wheels of PyTorch without CUDA. Where they cannot be had, PyPI's come with 5 GB of libraries that no CPU uses. */
const torchCpuWheels = 'https://download.pytorch.org/whl/cpu';

/**
 * Makes the environment where it is not there yet or where other versions are wanted.
 * @throws RunError without Python or network
 */
export async function ensurePeer(peer: Peer, progress: Progress): Promise<string> {
  const folder = join(cacheFolder(), 'bench', peer);
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'installed.txt');
  const wanted = `${requirements[peer].join('\n')}\n`;
  const isThere = async (): Promise<boolean> => (await readFile(stamp, 'utf8').catch(() => '')) === wanted;
  if (await isThere()) return python;
  const work = async (): Promise<void> => {
    if (await isThere()) return;
    await rm(stamp, { force: true });
    let detail = 'making the environment';
    await withProgress(
      progress,
      `${peer}: install`,
      () => ({ detail }),
      async () => {
        const made = await makeEnvironment(folder);
        const wheels = peer === 'torch' && (await isReachable(torchCpuWheels)) ? torchCpuWheels : undefined;
        if (peer === 'torch' && wheels === undefined) detail = 'with CUDA, 5 GB';
        const options = ['--no-cache-dir', '--disable-pip-version-check', '--progress-bar', 'off'];
        const index = wheels === undefined ? [] : ['--extra-index-url', wheels];
        const { code, stdout, stderr } = await runCommand(
          made,
          ['-m', 'pip', 'install', ...options, ...index, ...requirements[peer]],
          {
            onLine: (line) => {
              detail = stepOf(line) ?? detail;
            },
          },
        );
        if (code === 0) return;
        throw new RunError(`${peer} could not be installed:\n${lastLines(stderr === '' ? stdout : stderr)}`, {
          hint: 'Check the network. Behind a proxy or a mirror set HTTPS_PROXY or PIP_INDEX_URL, and try again.',
        });
      },
    );
    await writeFile(stamp, wanted);
  };
  await withLock(join(cacheFolder(), 'locks', `bench-${peer}.lock`), work, reportWait(progress, peer));
  return python;
}

async function isReachable(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/torch/`, { method: 'HEAD', signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false;
  }
}
