/**
 * Images that stand in several rows, and `dataset.split.repeatedImages`, which keeps these rows together. With one of their rows for training and another for validation, a network is asked what it
 * has seen; where their labels differ, no answer is right for both.
 */
import { posix } from 'node:path';
import type { Labels, TableSplit } from './table.ts';

/** What is counted of images with several rows. */
export interface RepeatedImages {
  readonly images: number;
  /** Rows of these images. */
  readonly rows: number;
  /** Images with two different labels of one head. */
  readonly contrary: number;
  /** Heads that have such labels. */
  readonly contraryHeads: readonly string[];
  /** Images with rows in several parts. */
  readonly inSeveralParts: number;
}

/** One file under different words, as `./a.jpg` and `a.jpg`. */
const fileOf = (cell: string): string =>
  cell.includes('/.') || cell.includes('//') || cell.startsWith('.') ? posix.normalize(cell) : cell;

const found = new WeakMap<readonly string[], Int32Array>();

/** Row of the first with the same image, by row; an empty cell is no image. Found once for the same list. */
function firstRows(cells: readonly string[]): Int32Array {
  const known = found.get(cells) ?? findFirstRows(cells);
  found.set(cells, known);
  return known;
}

function findFirstRows(cells: readonly string[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(cells, (cell, row) => {
    if (cell === '') return row;
    const file = fileOf(cell);
    const known = first.get(file);
    if (known === undefined) first.set(file, row);
    return known ?? row;
  });
}

/** @param cells paths of images by row */
export function repeatsImages(cells: readonly string[]): boolean {
  return firstRows(cells).some((first, row) => first !== row);
}

/**
 * Groups whose rows share an image or a cell of `groups`, or are linked by others that do.
 * @param groups cells of a `groupBy` column; an empty one says nothing. Null without
 * @returns a name for each row's group, not empty
 */
export function groupsWithImages(cells: readonly string[], groups: readonly string[] | null): string[] {
  const parent = firstRows(cells).slice();
  const rootOf = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const firstOf = new Map<string, number>();
  groups?.forEach((group, row) => {
    if (group === '') return;
    const known = firstOf.get(group);
    if (known === undefined) firstOf.set(group, row);
    else {
      const [a, b] = [rootOf(known), rootOf(row)];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  });
  return Array.from(parent, (_, row) => String(rootOf(row)));
}

/**
 * @param cells paths of images by row
 * @param labelsOf labels by head; -1 where not known
 * @returns null where each image has one row
 */
export function countRepeatedImages(
  cells: readonly string[],
  labelsOf: ReadonlyMap<string, Labels>,
  split: TableSplit,
): RepeatedImages | null {
  const first = firstRows(cells);
  const members = new Map<number, number[]>();
  first.forEach((at, row) => {
    if (at === row) return;
    const rows = members.get(at);
    if (rows === undefined) members.set(at, [at, row]);
    else rows.push(row);
  });
  if (members.size === 0) return null;
  const part = new Uint8Array(cells.length);
  [split.training, split.validation, split.test].forEach((rows, i) => {
    for (const row of rows) part[row] = i + 1;
  });
  let [rowCount, contrary, inSeveralParts] = [0, 0, 0];
  const contraryHeads = new Set<string>();
  for (const rows of members.values()) {
    rowCount += rows.length;
    if (hasTwo(rows.map((row) => part[row]!).filter((number) => number > 0))) inSeveralParts += 1;
    const before = contrary;
    for (const [head, labels] of labelsOf) {
      if (!hasTwo(rows.map((row) => labels[row]!).filter((label) => label >= 0))) continue;
      contraryHeads.add(head);
      contrary = before + 1;
    }
  }
  return {
    images: members.size,
    rows: rowCount,
    contrary,
    contraryHeads: [...contraryHeads],
    inSeveralParts,
  };
}

const hasTwo = (values: readonly number[]): boolean => values.some((value) => value !== values[0]);
