/**
 * The paths of all keys of a value, as src/plan/hash/neutral.ts writes them: of a type, where no variant is forgotten, and
 * of a value, which has only some of them.
 */

type Join<Path extends string, Key extends string> = Path extends '' ? Key : `${Path}.${Key}`;

/** Text that is the same for all values of a type names a variant; text that a file gives does not. */
type Fixed<Name> = Name extends string ? (string extends Name ? never : Name) : never;
type VariantOf<T> = T extends { kind: infer Name }
  ? Fixed<Name>
  : T extends { type: infer Name }
    ? Fixed<Name>
    : T extends { name: infer Name }
      ? Fixed<Name>
      : never;
type AtVariant<T, Path extends string> = [VariantOf<T>] extends [never] ? Path : `${Path}[${VariantOf<T>}]`;

/** Paths of all keys of a type of plain JSON. */
export type KeyPaths<T, Path extends string = ''> = T extends readonly (infer Item)[]
  ? KeyPaths<Item, Join<Path, '*'>>
  : T extends object
    ? string extends keyof T
      ? KeyPaths<T[string & keyof T], Join<Path, '*'>>
      : KeysOf<T, AtVariant<T, Path>>
    : never;
type KeysOf<T, Path extends string> = {
  [Key in keyof T & string]-?: Join<Path, Key> | KeyPaths<T[Key], Join<Path, Key>>;
}[keyof T & string];

/** A path with and without its variants: a key that is listed for all of them is listed for each. */
type Forms<Path extends string> = Path extends `${infer Before}[${infer Variant}]${infer After}`
  ? `${Before}${'' | `[${Variant}]`}${Forms<After>}`
  : Path;

/** Those of the paths that are not listed; `a[NEW]` lists all keys of a variant that is new. */
export type Unlisted<Path extends string, Listed extends string> = Path extends string
  ? [Extract<Forms<Path>, Listed | `${Extract<Listed, `${string}]`>}.${string}`>] extends [never]
    ? Path
    : never
  : never;

/** `stages.*.loss` and what may stand below it. */
interface Place {
  readonly below: Map<string, Place>;
  isKey: boolean;
}

/** @returns those of the paths, and what else a value has beside them */
export function keysIn(
  value: unknown,
  paths: Iterable<string>,
): { known: Set<string>; unknown: Set<string> } {
  const root: Place = { below: new Map(), isKey: false };
  for (const path of paths) {
    let at = root;
    for (const [step] of path.matchAll(/[^.[\]]+|\[[^\]]+\]/g)) {
      const next: Place = at.below.get(step) ?? { below: new Map(), isKey: false };
      at.below.set(step, next);
      at = next;
    }
    at.isKey = true;
  }
  const known = new Set<string>();
  const unknown = new Set<string>();
  const visit = (inner: unknown, at: Place | undefined, path: string): void => {
    if (typeof inner !== 'object' || inner === null || at === undefined) return;
    const { kind, type, name } = inner as { kind?: unknown; type?: unknown; name?: unknown };
    const tag = kind ?? type ?? name;
    const variant = `[${tag}]`;
    const own = at.below.get(variant);
    // All keys of a variant that is new are listed as one.
    if (own?.isKey) return;
    const isMap = tag === undefined && [...at.below.keys()].every((step) => step.startsWith('['));
    for (const [key, child] of Object.entries(inner)) {
      const isFree = at.below.has('*');
      const step = isFree ? '*' : key;
      const ofVariant = own?.below.get(step);
      const next = ofVariant ?? at.below.get(step);
      const start = ofVariant === undefined ? path : path + variant;
      const here = `${start}${start === '' ? '' : '.'}${step}`;
      if (next?.isKey) known.add(here);
      // Plain values by names that the file gives are no keys.
      else if (!isFree && !isMap && at.below.size > 0) unknown.add(here);
      visit(child, next, here);
    }
  };
  visit(value, root, '');
  return { known, unknown };
}
