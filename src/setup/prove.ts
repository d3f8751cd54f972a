// Does TensorFlow answer? Starts proof.ts as a child and judges what it says.
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { lastLines, runCommand } from '../machine/command.ts';
import { projectFolder, setupLine } from './stamp.mjs';
import { tensorflowVersion } from './versions.mjs';

export interface Proof {
  readonly version: string;
  /** Does TensorFlow run on a GPU? */
  readonly gpu: boolean;
  readonly product: readonly number[];
}

/**
 * Calls TensorFlow in a process of its own.
 * @throws RunError with what the process wrote, where the call fails or gives a wrong answer
 */
export async function proveTensorflow(): Promise<Proof> {
  const args = ['--import', 'tsx', join('src', 'tensorflow', 'proof.ts')];
  const { code, stdout, stderr } = await runCommand(process.execPath, args, { cwd: projectFolder });
  const hint = `Delete node_modules/.manyheads and run \`${setupLine()}\`; \`${setupLine('--cpu')}\` leaves the GPU out.`;
  if (code !== 0) {
    throw new RunError(`TensorFlow could not be called (exit code ${code}):\n${lastLines(stderr)}`, { hint });
  }
  const proof = JSON.parse(lastLines(stdout, 1)) as Proof;
  if (proof.version !== tensorflowVersion || proof.product.join() !== '19,22,43,50') {
    throw new RunError(
      `TensorFlow ${tensorflowVersion} and the product 19,22,43,50 were expected, ` +
        `TensorFlow ${proof.version} and ${proof.product.join()} were found`,
      { hint },
    );
  }
  return proof;
}
