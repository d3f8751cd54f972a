/** `run doctor`: what this machine has and lacks. */
import { createColors } from 'picocolors';
import { type AddCommand, withExample } from './command.ts';

export const addDoctor: AddCommand = (program, { print, printJson, style }, exit) => {
  withExample(
    program
      .command('doctor')
      .description('show what this machine has, what is missing, and the command that fixes it')
      .option('--json', 'print the checks as one JSON object'),
    'run doctor',
  ).action(async (options: { json?: boolean }) => {
    const { diagnose } = await import('../setup/doctor.ts');
    const checks = await diagnose();
    if (checks.some(({ ok }) => ok === false)) exit(1);
    if (options.json) return printJson({ checks });
    const { green, red, yellow } = createColors(style.colour);
    for (const { name, ok, found, fix } of checks) {
      const mark = ok === true ? green('ok') : ok === 'optional' ? yellow('--') : red('no');
      print(`${mark}  ${name}: ${found}${fix === undefined ? '' : `\n      ${fix}`}`);
    }
  });
};
