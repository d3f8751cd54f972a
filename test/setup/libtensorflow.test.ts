// What is downloaded, and how it is unpacked.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { cacheFolder } from '../../src/machine/cache-folder.mjs';
import { wheelHashes } from '../../src/setup/hashes/wheels.ts';
import { announcedMegabytes, download } from '../../src/setup/libtensorflow.ts';
import { findPython, pipPython } from '../../src/setup/python.ts';
import { unzip } from '../../src/setup/unzip.ts';
import { isNeeded, platformArguments, wheelsOf } from '../../src/setup/wheels.ts';

/** A zip file by Python's own writer: one member deflated, one stored and executable, one empty. */
async function sample(): Promise<{ folder: string; zip: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-zip-'));
  const zip = join(folder, 'sample.whl');
  const script = `
import zipfile
z = zipfile.ZipFile(${JSON.stringify(zip)}, 'w', zipfile.ZIP_DEFLATED)
z.writestr('a/text.txt', 'word ' * 50000)
tool = zipfile.ZipInfo('b/tool'); tool.external_attr = 0o100744 << 16
z.writestr(tool, b'program', zipfile.ZIP_STORED)
z.writestr('b/empty', '')
z.writestr('c/left-out', 'x')
z.comment = b'a comment at the end'
z.close()`;
  execFileSync((await findPython()).path, ['-c', script]);
  return { folder, zip };
}

test('unzip - writes the wanted members with content and mode, and counts their bytes', async () => {
  const { folder, zip } = await sample();
  let bytes = 0;
  await unzip(
    zip,
    folder,
    (name) => !name.startsWith('c/'),
    (more) => {
      bytes += more;
    },
  );
  assert.equal(readFileSync(join(folder, 'a/text.txt'), 'utf8'), 'word '.repeat(50_000));
  assert.equal(readFileSync(join(folder, 'b/tool'), 'utf8'), 'program');
  assert.equal(statSync(join(folder, 'b/tool')).mode & 0o111, 0o111);
  assert.equal(statSync(join(folder, 'b/empty')).size, 0);
  assert.equal(existsSync(join(folder, 'c/left-out')), false);
  // 5 letters 50 000 times, and `program`
  assert.equal(bytes, 250_007);
});

test('unzip - a file that was cut off is an error that names it', async () => {
  const { folder, zip } = await sample();
  truncateSync(zip, statSync(zip).size - 100);
  await assert.rejects(
    unzip(zip, folder, () => true),
    (error) =>
      error instanceof RunError &&
      error.message.includes('sample.whl') &&
      error.hint?.includes('setup') === true,
  );
});

test('isNeeded - the libraries, the headers and CUDA, nothing of Python', () => {
  const needed = [
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/include/tensorflow/c/eager/c_api.h',
    'tensorflow/include/xla/tsl/c/tsl_status.h',
    'tensorflow/include/tensorflow/core/framework/op_kernel.h',
    'tensorflow/include/Eigen/Core',
    'nvidia/cudnn/lib/libcudnn.so.9',
    'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9',
    'nvidia/cuda_nvcc/bin/ptxas',
    'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
  ];
  const left = [
    'tensorflow/python/_pywrap_tfe.so',
    'tensorflow/include/external/farmhash_archive/src/farmhash.h',
    'nvidia/cuda_nvrtc/lib/libnvrtc.alt.so.12',
    'nvidia/cudnn/include/cudnn.h',
  ];
  assert.deepEqual(
    needed.filter((name) => !isNeeded(name)),
    [],
  );
  assert.deepEqual(left.filter(isNeeded), []);
});

test('wheelsOf - one wheel for the CPU, CUDA beside it for the GPU, every version exact', () => {
  assert.equal(wheelsOf('cpu').length, 1);
  assert.equal(wheelsOf('gpu')[0], 'tensorflow==2.21.0');
  for (const wheel of [...wheelsOf('cpu'), ...wheelsOf('gpu')]) assert.match(wheel, /^[a-z0-9-]+==\d[\d.]*$/);
});

test('platformArguments - names the machine, and refuses systems without wheels', () => {
  assert.ok(platformArguments('linux', 'x64').includes('manylinux_2_27_x86_64'));
  assert.ok(platformArguments('linux', 'arm64').includes('manylinux_2_27_aarch64'));
  assert.throws(() => platformArguments('darwin', 'arm64'), /training runs on Linux/);
  assert.throws(() => platformArguments('linux', 'riscv64'), RunError);
});

test("announcedMegabytes - reads pip's line about a download and no other", () => {
  assert.equal(announcedMegabytes('  Downloading tensorflow_cpu-2.21.0-cp312.whl (271.5 MB)'), 271.5);
  assert.equal(announcedMegabytes('Downloading nvidia_x.whl (1.2 GB)'), 1200);
  assert.equal(announcedMegabytes('Downloading small.whl (500 kB)'), 0.5);
  assert.equal(announcedMegabytes('Saved ./tensorflow_cpu.whl'), undefined);
});

test('wheelHashes - of every wheel for every machine, and of no other', () => {
  const wheels = new Set(
    (['x64', 'arm64'] as const).flatMap((arch) => [...wheelsOf('cpu', arch), ...wheelsOf('gpu', arch)]),
  );
  assert.deepEqual(Object.keys(wheelHashes).sort(), [...wheels].sort());
  for (const [wheel, hashes] of Object.entries(wheelHashes)) {
    // The CPU build alone has a name of its own on x64.
    assert.equal(hashes.length, wheel.startsWith('tensorflow-cpu') ? 1 : 2, wheel);
    for (const hash of hashes) assert.match(hash, /^[0-9a-f]{64}$/);
  }
});

test('download - a wheel of the right SHA-256; another file of its name is refused, and one without a hash too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-wheel-'));
  const wheel = join(folder, 'tiny-1.0-py3-none-any.whl');
  const script = `
import zipfile
z = zipfile.ZipFile(${JSON.stringify(wheel)}, 'w')
z.writestr('tiny.py', '')
z.writestr('tiny-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')
z.writestr('tiny-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nTag: py3-none-any\\n')
z.writestr('tiny-1.0.dist-info/RECORD', '')
z.close()`;
  execFileSync((await findPython()).path, ['-c', script]);
  for (const [name, value] of [
    ['PIP_NO_INDEX', '1'],
    ['PIP_FIND_LINKS', folder],
  ] as const) {
    process.env[name] = value;
    t.after(() => delete process.env[name]);
  }
  const python = await pipPython(cacheFolder());
  const right = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  const from = (hashes: readonly string[]): Promise<string> =>
    download(python, 'tiny==1.0', [], join(folder, 'download'), () => undefined, hashes);
  assert.deepEqual(readFileSync(await from(['0'.repeat(64), right])), readFileSync(wheel));
  await assert.rejects(
    from(['0'.repeat(64)]),
    /^RunError: tiny==1\.0 is not the file that this version was made with: its SHA-256 differs/,
  );
  await assert.rejects(from([]), /Hashes are required in --require-hashes mode/);
});
