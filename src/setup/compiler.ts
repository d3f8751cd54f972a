// Finds a C++ compiler, and the C library that its programs run on.

import { createHash } from 'node:crypto';
import { RunError } from '../errors.ts';
import { runCommand } from '../machine/command.ts';
import { installLine } from './python.ts';
import { setupLine } from './stamp.mjs';

export interface Compiler {
  /** The program and its first arguments, as in `CXX="ccache g++"`. */
  readonly command: readonly string[];
  /** First line of `--version`. */
  readonly version: string;
  /** Short hash of all that `--version` says. */
  readonly hash: string;
}

/**
 * `$CXX`, else g++, c++ or clang++.
 * @throws RunError with the line that installs one; a `$CXX` that does not run is an error, not a reason to look further
 */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env): Promise<Compiler> {
  const chosen = env.CXX?.trim() ?? '';
  for (const text of chosen === '' ? ['g++', 'c++', 'clang++'] : [chosen]) {
    const command = text.split(/\s+/);
    const { code, stdout } = await runCommand(command[0]!, [...command.slice(1), '--version'], { env });
    if (code !== 0) continue;
    const hash = createHash('sha256').update(stdout).digest('hex').slice(0, 8);
    return { command, version: stdout.split('\n')[0] ?? text, hash };
  }
  throw new RunError(
    chosen === '' ? 'no C++ compiler is in PATH' : `CXX names ${chosen}, which does not run`,
    {
      hint: `Install one and start \`${setupLine()}\` again: ${installLine('compiler')}`,
    },
  );
}

interface SystemReport {
  readonly header: { readonly glibcVersionRuntime?: string };
}

/** Version of the GNU C library, as `2.36`; undefined on musl (Alpine), which TensorFlow has no wheels for. */
export function glibcVersion(): string | undefined {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  // Without this the report looks the host's addresses up, which may take seconds.
  report.excludeNetwork = true;
  return (report.getReport() as unknown as SystemReport).header.glibcVersionRuntime;
}
