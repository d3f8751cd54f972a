/** Answers as a table for the eye. */
import { formatScore } from '../../report/text/format.ts';
import { renderTable, type TextStyle } from '../../report/text/text-table.ts';
import type { HeadAnswer, ImageAnswer } from '../answers.ts';
import type { FormatOptions } from './format.ts';

export const DONT_KNOW = "don't know";

/** @returns lines without a newline at the end */
export function answersTable(
  answers: readonly ImageAnswer[],
  { heads, top }: FormatOptions,
  style: TextStyle,
): string {
  const cellOf = (answer: HeadAnswer): string => {
    const own = `${answer.class ?? DONT_KNOW} ${formatScore(answer.probability)}`;
    if (top === 1) return own;
    const list = answer.top.map((one) => `${one.class} ${formatScore(one.probability)}`).join(', ');
    // What was decided may be another one than the most probable.
    return answer.class === answer.top[0]?.class ? list : `${answer.class ?? DONT_KNOW} (${list})`;
  };
  const hasErrors = answers.some(({ error }) => error !== null);
  return renderTable(
    {
      columns: [
        { title: 'image', align: 'left' },
        ...heads.map(({ name }) => ({ title: name, align: 'left' as const })),
        ...(hasErrors ? [{ title: 'error', align: 'left' as const }] : []),
      ],
      rows: answers.map((answer) => [
        answer.image,
        ...heads.map(({ name }) => (answer.heads === null ? '' : cellOf(answer.heads[name]!))),
        ...(hasErrors ? [answer.error ?? ''] : []),
      ]),
    },
    style,
  );
}
