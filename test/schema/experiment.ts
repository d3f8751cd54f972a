/** A small experiment that fits the schema, and the way from a text to what is said about it. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Problem } from '../../src/errors.ts';
import { readDocument } from '../../src/file/read.ts';
import { checkExperiment } from '../../src/schema/validate.ts';
import { folderWith } from '../file/folder.ts';

export const small = `name: small
dataset:
  table: table.csv
  images: images
  attributes: { kids: null, age: [young, old] }
stages:
  - name: first
    imageSize: 32
    epochs: 2
`;

export function check(t: TestContext, overrides: readonly string[] = [], text = small) {
  const folder = folderWith(t, { 'x.yaml': text });
  const { document, problems } = readDocument(join(folder, 'x.yaml'), { environment: {}, overrides });
  const checked = checkExperiment(document);
  return { ...checked, document, problems: [...problems, ...checked.problems] };
}

/** Code, path and message of each. */
export function said(problems: readonly Problem[]): string[] {
  return problems.map(({ code, path, message }) => `${code} ${path}: ${message}`);
}
