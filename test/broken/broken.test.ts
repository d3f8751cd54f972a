/** Every broken experiment gives its problems, all at once, each at its line and column. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ExperimentError, type Problem } from '../../src/errors.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { expectedProblems, expectedSentences } from './expected.ts';

const folder = dirname(fileURLToPath(import.meta.url));

// Sentences name files as seen from the root of the project, wherever the tests are started.
process.chdir(join(folder, '..', '..'));

/** What is tested: the way from a file to its problems. */
function problemsOf(file: string, overrides: readonly string[]): readonly Problem[] {
  try {
    compilePlan(file, { overrides, environment: {} });
    return [];
  } catch (error) {
    if (error instanceof ExperimentError) return error.problems;
    throw error;
  }
}

function check(name: string): readonly Problem[] {
  const [file = '', ...overrides] = name.split(' ');
  return problemsOf(join(folder, file), overrides);
}

function summary({ code, path, place }: Problem): string {
  const where = place ? `${basename(place.file)}:${place.line}:${place.column}` : '-';
  return `${code} ${where} ${path}`;
}

for (const [name, expected] of Object.entries(expectedProblems)) {
  test(`broken/${name} - ${expected.length} problems at their places`, () => {
    assert.deepEqual(check(name).map(summary), expected);
  });
}

for (const [name, expected] of Object.entries(expectedSentences)) {
  test(`broken/${name} - says what was expected, what was found and what to do`, () => {
    assert.deepEqual(
      check(name).map(({ message, hint }) => [message, hint]),
      expected,
    );
  });
}

test('broken - every file is in the table, or is a base of one that is', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.startsWith('base-'));
  const inTable = new Set(Object.keys(expectedProblems).map((name) => name.split(' ')[0]!));
  assert.deepEqual(
    files.filter((file) => !inTable.has(file)),
    [],
  );
  assert.ok(files.length >= 30);
});

test('broken - the line that a problem shows is the line of the file', () => {
  const [problem] = check('negative-patience.yaml');
  assert.equal(problem?.place?.text, '    earlyStopping: { patience: -1 }');
  const [override] = check('good.yaml seed=.inf');
  assert.equal(override?.place?.text, 'seed=.inf');
});
