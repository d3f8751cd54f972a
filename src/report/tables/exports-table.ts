/** What `run export` has written, a row a format. */
import { formatBytes } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

interface ShownExport {
  readonly format: string;
  readonly folder: string;
  readonly bytes: number;
  readonly largestDifference: number;
  readonly tolerance: number;
  readonly head: string;
  readonly otherAnswers: number;
  readonly wrongClasses: number;
  readonly millisecondsPerImage: number;
  readonly isGood: boolean;
}

export function exportsTable(exports: readonly ShownExport[], style: TextStyle): string {
  return renderTable(
    {
      columns: [
        { title: 'format', align: 'left' },
        { title: 'largest difference', align: 'right' },
        { title: 'allowed', align: 'right' },
        { title: 'other answers', align: 'right' },
        { title: 'ms an image', align: 'right' },
        { title: 'size', align: 'right' },
        { title: '', align: 'left' },
      ],
      rows: exports.map((one) => [
        one.format,
        `${one.largestDifference.toExponential(1)} (${one.head})`,
        one.tolerance.toExponential(0),
        String(one.otherAnswers),
        one.millisecondsPerImage.toFixed(1),
        formatBytes(one.bytes),
        one.isGood ? one.folder : `differs: ${one.folder}`,
      ]),
    },
    style,
  );
}
