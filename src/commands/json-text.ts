/** JSON as text that need not stand in memory as a whole. */

/** A list that is made while it is read. */
interface MadeList extends Iterable<unknown> {
  toJSON(): readonly unknown[];
}

/** Characters of a piece, about. */
const PIECE = 1 << 16;

/** @returns pieces of what JSON.stringify gives for a map, in their order; its lists that are made while they are read are read here */
export function* jsonChunks(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || !Object.values(value).some(isMadeList)) {
    yield JSON.stringify(value);
    return;
  }
  let text = '';
  let before = '{';
  for (const [key, inner] of Object.entries(value)) {
    const name = `${before}${JSON.stringify(key)}:`;
    if (!isMadeList(inner)) {
      const own = JSON.stringify(inner);
      if (own === undefined) continue;
      text += name + own;
    } else {
      text += name;
      let separator = '[';
      for (const item of inner) {
        text += separator + JSON.stringify(item);
        separator = ',';
        if (text.length < PIECE) continue;
        yield text;
        text = '';
      }
      text += separator === '[' ? '[]' : ']';
    }
    before = ',';
  }
  yield `${text}}`;
}

function isMadeList(value: unknown): value is MadeList {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Symbol.iterator in value &&
    'toJSON' in value
  );
}
