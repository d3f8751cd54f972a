/** A tree of values as lines of `path: value`, in the spelling of the file: JSON in, pairs out. */
import type { Path } from '../../file/path.ts';

export interface ResolvedValue {
  readonly path: Path;
  /** As YAML's flow style would have it. */
  readonly value: string;
}

/** Lists of plain values stay on one line; maps and lists of maps are walked. */
export function resolvedValues(value: unknown, path: Path = []): ResolvedValue[] {
  if (Array.isArray(value)) {
    if (value.every(isPlain)) return [{ path, value: `[${value.map(inline).join(', ')}]` }];
    return value.flatMap((item, i) => resolvedValues(item, [...path, i]));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [{ path, value: '{}' }];
    return entries.flatMap(([key, item]) => resolvedValues(item, [...path, key]));
  }
  return [{ path, value: inline(value) }];
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Text that could be taken for something else, or for the end of a list, is quoted. */
function inline(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const unmistakable =
    /^[A-Za-z_./][\w ./()+-]*$/.test(value) && !/^(true|false|null)$/i.test(value) && !value.endsWith(' ');
  return unmistakable ? value : JSON.stringify(value);
}
