/** `key: !remove` that had nothing to take away. In: the merged tree. Out: the tree without them, and a problem for each. */
import type { Problem } from '../errors.ts';
import { formatPath, type Path } from './path.ts';
import { type Entry, placeAt, type Tree } from './tree.ts';

export function withoutRemovals(tree: Tree, path: Path): { tree: Tree; problems: Problem[] } {
  const problems: Problem[] = [];
  return { tree: walk(tree, path, problems), problems };
}

function walk(tree: Tree, path: Path, problems: Problem[]): Tree {
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item, i) => walk(item, [...path, i], problems)) };
  if (tree.kind === 'map') {
    const entries = [...tree.entries].map(([key, entry]): [string, Entry] => [
      key,
      { key: entry.key, tree: walk(entry.tree, [...path, key], problems) },
    ]);
    return { ...tree, entries: new Map(entries) };
  }
  if (!tree.remove) return tree;
  problems.push({
    code: 'wrongValue',
    path: formatPath(path),
    message: 'there is no such key to take away',
    place: placeAt(tree.span.source, tree.span.start),
    hint: 'In a file, !remove takes away what a file that it extends has written; on the command line, what the file has.',
  });
  return { ...tree, unread: true };
}
