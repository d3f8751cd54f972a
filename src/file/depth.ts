/**
 * How deep a text of YAML is nested, told from its brackets and indentation alone. In: text. Out: where it goes too deep. A
 * parser that calls itself for each level takes time by the square of them, and ends at some ten thousand.
 */

/** Maps and lists inside each other; an experiment has seven. */
export const DEEPEST = 100;

/** What begins a list or a map inside the line: `- - a`, `? - a`. */
const INDICATORS = /^(?:[-?:][ \t]+)+/;

/**
 * @param from offset at which the YAML begins
 * @returns offset of what is too deep; undefined where nothing is
 */
export function tooDeepAt(text: string, from = 0): number | undefined {
  const brackets = deepBracket(text, from);
  const line = deepLine(text, from);
  return brackets === undefined ? line : line === undefined ? brackets : Math.min(brackets, line);
}

/** Brackets in a text between quotes count too: nobody leaves a hundred of them open. */
function deepBracket(text: string, from: number): number | undefined {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x5b || character === 0x7b) {
      if (++open > DEEPEST) return at;
    } else if ((character === 0x5d || character === 0x7d) && open > 0) open -= 1;
  }
  return undefined;
}

function deepLine(text: string, from: number): number | undefined {
  const indents: number[] = [];
  for (let start = from; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next === -1 ? text.length : next;
    let at = start;
    while (text[at] === ' ') at += 1;
    const indent = at - start;
    if (at < end && text[at] !== '#' && text[at] !== '\r') {
      while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
      indents.push(indent);
      // So many characters hold more than are allowed.
      const words = INDICATORS.exec(text.slice(at, Math.min(end, at + 8 * DEEPEST)))?.[0] ?? '';
      const inside = words.replaceAll(/[ \t]/g, '').length;
      if (indents.length + inside > DEEPEST) return at;
    }
    start = end + 1;
  }
  return undefined;
}
