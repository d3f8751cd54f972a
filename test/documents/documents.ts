/** The documents of the project, and what the tests read in them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Document {
  /** From the root of the project. */
  readonly file: string;
  readonly text: string;
}

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Every Markdown file that is part of the project, those that are not committed yet among them. */
export const documents: readonly Document[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .trim()
  .split('\n')
  .map((file) => ({ file, text: read(file) }));

export const allText = documents.map(({ text }) => text).join('\n');

/** Blocks of code in a language; without one, those that name none. */
export function blocksOf(text: string, language = ''): string[] {
  const fences = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return fences.filter(([, name]) => name === language).map(([, , block]) => block!);
}

/** What stands in code: between back quotes, and in blocks. */
export function codeOf(text: string): string {
  return [...text.matchAll(/^```[\s\S]*?^```$|`[^`\n]+`/gm)].map(([found]) => found).join('\n');
}

/** Text without code, in which a link is a link. */
export function proseOf(text: string): string {
  return text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]+`(?!\])/g, (code) => (code.includes('](') ? '' : code));
}
