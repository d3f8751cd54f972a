/** The value of an option as a whole number. */
import { ExperimentError } from '../errors.ts';

/** @returns reads the value of the option `flag` @throws ExperimentError for anything but a whole number from `least` on */
export function wholeNumber(flag: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    const message = `expected a whole number, at least ${least}, got ${JSON.stringify(text)}`;
    throw new ExperimentError([{ code: 'badArgument', path: flag, message }]);
  };
}
