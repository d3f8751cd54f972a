/** What was made of some objects, each made once: by the identity of the objects, and by a word beside them. */

/** So many are held at most: of more combinations, each is met too seldom. */
const MOST = 20_000;

export class Memory<T> {
  /** By the numbers of the objects: of 100,000 combinations a text each, not a map. */
  readonly #made = new Map<string, T>();
  readonly #numberOf = createNumbering();
  #latest: { readonly objects: readonly object[]; readonly word: string; readonly made: T } | undefined;

  get isFull(): boolean {
    return this.#made.size >= MOST;
  }

  of(objects: readonly object[], word: string, make: () => T): T {
    let key = word;
    for (const object of objects) key += ` ${this.#numberOf(object)}`;
    const before = this.#made.get(key);
    if (before !== undefined) return before;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  /** Remembers nothing but what was made before. */
  latest(objects: readonly object[], word: string, make: () => T): T {
    const before = this.#latest;
    if (before?.word === word && before.objects.every((object, i) => object === objects[i]))
      return before.made;
    const made = make();
    this.#latest = { objects, word, made };
    return made;
  }
}

/** @returns what gives each object a number of its own, from 0, and the same one each time */
export function createNumbering(): (object: object) => number {
  const numbers = new WeakMap<object, number>();
  let next = 0;
  return (object) => {
    const known = numbers.get(object);
    if (known !== undefined) return known;
    numbers.set(object, next);
    return next++;
  };
}
