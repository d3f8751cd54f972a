/** Ctrl-C, and the line to go on with. */
import type { Output } from './command.ts';

/**
 * The first signal asks for a clean stop, the second ends the process: Ctrl-C, Ctrl-\ (SIGQUIT), a terminal that is closed
 * (SIGHUP), a machine that shuts down (SIGTERM).
 * @param sentence what is said at the first
 * @param again what is said of a second
 */
export function interruption(
  endNow: Output['endNow'],
  note: (message: string) => void,
  sentence: string,
  again = 'Once more to stop at once, without one.',
): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) endNow(130);
      note(`${sentence} ${again}`);
      controller.abort();
    });
  }
  return controller.signal;
}

/** The line that started this, quoted where a shell would take it apart. */
export function commandLine(words: readonly string[]): string {
  const quoted = (word: string): string =>
    /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return ['npx run', ...words.map(quoted)].join(' ');
}
