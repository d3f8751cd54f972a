// Runs another program. In: command and arguments. Out: exit code and what it wrote; never throws for a failing program.
import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; 127 where the program does not exist, 1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with each whole line of either stream. */
  readonly onLine?: (line: string) => void;
  /** The program is killed after this time, which gives code 1. @default none */
  readonly timeoutMs?: number;
}

/** @param command path, or a name looked up in PATH */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { env = process.env, cwd, onLine, timeoutMs } = options;
  return new Promise((done) => {
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
        if (onLine === undefined) return;
        const lines = (rest + text).split(/\r?\n|\r/);
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    child.on('error', (error) => done({ code: 127, stdout: written.stdout, stderr: error.message }));
    child.on('close', (code) => done({ code: code ?? 1, ...written }));
  });
}

/** The last lines of a program's output, for an error message. */
export function lastLines(text: string, count = 8): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
