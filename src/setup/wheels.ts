// Which wheels of PyPI hold TensorFlow and the CUDA libraries, and which of their files are needed to compile and run.
import { RunError } from '../errors.ts';
import type { Variant } from './stamp.mjs';
import { tensorflowVersion } from './versions.mjs';

/**
 * CUDA 12 as the extra `and-cuda` of TensorFlow 2.21 allows it: built against CUDA 12.5 and cuDNN 9.3, and served by
 * every later version with the same major number. NVIDIA driver 525 or later.
 */
const cudaWheels = [
  'nvidia-cublas-cu12==12.9.3.13',
  'nvidia-cuda-cupti-cu12==12.8.90',
  'nvidia-cuda-nvcc-cu12==12.9.86',
  'nvidia-cuda-nvrtc-cu12==12.9.86',
  'nvidia-cuda-runtime-cu12==12.9.79',
  'nvidia-cudnn-cu12==9.28.0.42',
  'nvidia-cufft-cu12==11.4.1.4',
  'nvidia-curand-cu12==10.3.10.19',
  'nvidia-cusolver-cu12==11.7.5.82',
  'nvidia-cusparse-cu12==12.5.10.65',
  'nvidia-nccl-cu12==2.32.3',
  'nvidia-nvjitlink-cu12==12.9.86',
] as const;

/** Millions of bytes at the worst moment of a set-up, a wheel beside what is unpacked; measured, rounded up. */
export const neededMegabytes: Record<Variant, number> = { cpu: 1300, gpu: 6500 };

/** Requirements for pip, the order being that of the downloads. */
export function wheelsOf(variant: Variant, arch: string = process.arch): string[] {
  if (variant === 'gpu') return [`tensorflow==${tensorflowVersion}`, ...cudaWheels];
  // For arm64 there is no wheel of `tensorflow-cpu`; `tensorflow` is the CPU build there.
  return [arch === 'x64' ? `tensorflow-cpu==${tensorflowVersion}` : `tensorflow==${tensorflowVersion}`];
}

/**
 * Arguments that make `pip download` choose by machine and not by its own Python: only C libraries are taken from the
 * wheels, so any Python's wheel will do, and a Python too new for TensorFlow can fetch it.
 * @throws RunError on a system that TensorFlow has no wheels for
 */
export function platformArguments(
  platform: string = process.platform,
  arch: string = process.arch,
): string[] {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[arch];
  if (platform !== 'linux' || machine === undefined) {
    throw new RunError(`this is ${platform} on ${arch}; training runs on Linux, x64 or arm64`, {
      hint: 'On Windows use WSL 2, on macOS a Linux container.',
    });
  }
  const tags = ['manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux_2_12', 'manylinux2010'];
  return [
    ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.12', '--abi', 'cp312'],
    ...tags.flatMap((tag) => ['--platform', `${tag}_${machine}`]),
  ];
}

/** Headers that the binding and our kernels include, one through the other: of TensorFlow and of what it is built on. */
const neededHeaders =
  /^tensorflow\/include\/(tensorflow\/(c|core)|tsl|xla\/tsl|absl|Eigen|unsupported\/Eigen|google\/protobuf|ml_dtypes)\//;

/** Is this member of a wheel needed to compile the binding or at run time? */
export function isNeeded(member: string): boolean {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(member)) return true;
  // XLA calls ptxas and reads libdevice; it looks for both beside TensorFlow, as in a Python installation.
  if (/^nvidia\/cuda_nvcc\/(bin|nvvm)\//.test(member)) return true;
  // `.alt` is a second build of the run-time compiler that nothing loads.
  if (/^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(member)) return !member.includes('.alt.');
  return neededHeaders.test(member);
}
