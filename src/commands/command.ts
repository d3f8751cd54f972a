/** What every command is given and gives back. cli.ts alone writes to the streams and sets the exit code. */
import type { Command } from 'commander';
import type { TextStyle } from '../report/text/text-table.ts';
import type { TrialExit } from '../sweep/ledger/ledger.ts';

export interface Output {
  /** A line of the result, to standard output. */
  print(text: string): void;
  /** The result as one JSON object, to standard output. */
  printJson(value: unknown): void;
  /** A line about what is going on, to standard error. */
  say(text: string): void;
  /** How tables on standard output look. */
  readonly style: TextStyle;
}

/** 0 done, 1 the run failed, 2 the input is wrong, 130 interrupted; of `run trial`, which launchers call, those that they read. */
export type ExitCode = 0 | 1 | 2 | 130 | TrialExit;

/** Adds a command to the program; its action tells the exit code by `exit`. */
export type AddCommand = (program: Command, output: Output, exit: (code: ExitCode) => void) => void;

/** Lines that stand under a command's help. */
export function withExample(command: Command, ...lines: string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
