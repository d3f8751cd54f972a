/** Mistakes in YAML itself. In: what the parser of `yaml` says. Out: problems in the house's words. */
import { type Document, isCollection, isScalar, visit, type YAMLError } from 'yaml';
import type { Place, Problem, ProblemCode } from '../errors.ts';
import { placeAt, type Source } from './tree.ts';

interface Sentence {
  readonly code?: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

/** Of one document. For some, all of it is looked through. */
const MOST_MISTAKES = 200;

const noColon: Sentence = {
  message: 'expected ": " after a key',
  hint: 'A key and its value are separated by a colon and a space.',
};
const quoteIt = 'Put the whole value in quotes.';

/** @param at the character that the parser stumbled over */
function sentenceOf(error: YAMLError, at: string): Sentence {
  const said = error.message;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'tabIndentation',
        message: 'expected spaces at the start of the line, got a tab',
        hint: 'YAML allows spaces only; set the editor to write them for the Tab key.',
      };
    case 'BAD_INDENT':
      return {
        message: 'expected the same indentation as the lines that it belongs with',
        hint: 'All keys of a map, and all elements of a list, begin in the same column.',
      };
    case 'MISSING_CHAR':
      if (said.includes('Sequence item')) return { message: 'expected "- " before an element of a list' };
      if (said.includes('Implicit map keys')) return noColon;
      return {
        message: said.includes('Missing , ')
          ? 'expected a comma between two elements'
          : `this is not YAML: ${lower(said)}`,
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'expected one "key: value" on a line, got a second colon',
        hint: `${quoteIt} Or begin the inner map on a new line.`,
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return noColon;
    case 'BAD_SCALAR_START':
      return { message: `a value can't begin with "${at}"`, hint: quoteIt };
    case 'BAD_DQ_ESCAPE':
      return {
        message: 'there is no such escape in double quotes',
        hint: 'Write \\\\ for a backslash, or use single quotes.',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: 'the only tags of the language are !replace, before a map, and !remove, for a key',
        hint: quoteIt,
      };
    case 'NON_STRING_KEY':
      return { message: 'expected a word as a key, got a list or a map' };
    case 'UNEXPECTED_TOKEN':
      return {
        message: 'expected the end of the value',
        hint: `${quoteIt} A comment needs a space before its #.`,
      };
    default:
      return { message: `this is not YAML: ${lower(said)}` };
  }
}

/** Where brackets and quotes of a document end, and where they begin: of those that end at one place the innermost. */
interface Openers {
  readonly quotes: Map<number, number>;
  readonly brackets: Map<number, number>;
}

function openersOf(document: Document): Openers {
  const openers: Openers = { quotes: new Map(), brackets: new Map() };
  visit(document, {
    Node: (_, node) => {
      if (!node.range) return;
      const [start, end] = node.range;
      if (isScalar(node) && node.type?.startsWith('QUOTE')) openers.quotes.set(end, start);
      if (isCollection(node) && node.flow) openers.brackets.set(end, start);
    },
  });
  return openers;
}

/** Offset of the bracket or quote that was never closed, where that is the mistake. */
function openerOf(error: YAMLError, openers: () => Openers): number | undefined {
  const quote = /closing .quote/.test(error.message);
  if (!quote && !/end with an? [\]}]/.test(error.message)) return undefined;
  return (quote ? openers().quotes : openers().brackets).get(error.pos[0]);
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/**
 * One problem for each line with mistakes: what the parser says after the first is most often its echo.
 * @param from offset of the parsed text in the source
 */
export function syntaxProblems(source: Source, documents: readonly Document[], from: number): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const document of documents) {
    let found: Openers | undefined;
    const openers = (): Openers => {
      found ??= openersOf(document);
      return found;
    };
    // After so many mistakes the rest is the echo of a file of another kind.
    for (const error of [...document.errors, ...document.warnings].slice(0, MOST_MISTAKES)) {
      const opener = openerOf(error, openers);
      let offset = Math.min(Math.max(opener ?? error.pos[0], 0) + from, source.text.length);
      // The parser points at the start of a line that is indented wrongly; the eye looks for its first word.
      const isIndent = error.code === 'BAD_INDENT' || error.code === 'MISSING_CHAR';
      while (isIndent && source.text[offset] === ' ') offset += 1;
      const at = source.text.charAt(offset);
      const {
        code = 'notYaml',
        message,
        hint,
      } = opener === undefined ? sentenceOf(error, at) : neverClosed(at);
      const place = lastWritten(source, offset);
      if (!byLine.has(place.line)) byLine.set(place.line, { code, path: '', message, place, hint });
    }
  }
  return [...byLine.values()];
}

function neverClosed(opener: string): Sentence {
  const closer = opener === '[' ? ']' : opener === '{' ? '}' : opener;
  return {
    message: `the ${opener} that opens here is never closed`,
    hint: `Write ${closer} where the value ends.`,
  };
}

/** The offset's place, or the end of the last line with text where the offset is the end of the file. */
function lastWritten(source: Source, offset: number): Place {
  const atEnd = source.text.slice(offset).trim() === '';
  return placeAt(source, atEnd ? source.text.trimEnd().length : offset);
}
