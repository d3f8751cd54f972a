/** Bytes of a text file to a string. In: bytes that claim to be UTF-8. Out: the text without a byte order mark. */
import { isUtf8 } from 'node:buffer';
import { ExperimentError, type Problem } from '../errors.ts';

/**
 * @param name how messages call the file
 * @throws ExperimentError `badTable` where the bytes are no text in UTF-8
 */
export function decodeText(bytes: Buffer, name: string): string {
  const fail = (message: string, hint: string, line?: number): never => {
    const problem: Problem = {
      code: 'badTable',
      path: 'dataset.table',
      message,
      hint,
      place: line === undefined ? undefined : { file: name, line, column: 1, text: '' },
    };
    throw new ExperimentError([problem]);
  };
  const marked =
    bytes.length >= 2 &&
    ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  if (marked) fail(`expected text in UTF-8, found UTF-16: ${name}`, 'Save the file again as "CSV UTF-8".');
  if (bytes.includes(0))
    fail(`expected a CSV file, found bytes that are no text: ${name}`, 'Export the table as CSV.');
  if (!isUtf8(bytes)) {
    const line = firstBadLine(bytes);
    fail(
      `expected text in UTF-8, found other bytes on line ${line}`,
      'Save the file again as "CSV UTF-8".',
      line,
    );
  }
  return new TextDecoder('utf-8').decode(bytes);
}

function firstBadLine(bytes: Buffer): number {
  let begin = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, begin);
    if (end < 0 || !isUtf8(bytes.subarray(begin, end))) return line;
    begin = end + 1;
  }
}
