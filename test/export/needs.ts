/** What tests of exports need besides this project: why a test of a format is skipped. */
import type { FormatName } from '../../src/export/formats.ts';
import { ensureOnnxRuntime } from '../../src/setup/onnxruntime.ts';

async function problemOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const missing: Readonly<Record<FormatName, string | undefined>> = {
  onnx: await problemOf(() => ensureOnnxRuntime(() => undefined)),
  savedmodel: undefined,
  tfjs: undefined,
};

/** Why the format cannot be tried here; false where it can. */
export function without(format: FormatName): string | false {
  return missing[format] ?? false;
}
