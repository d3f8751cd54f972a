// jsfive has no types of its own: what is used of it here. https://github.com/usnistgov/jsfive
declare module 'jsfive' {
  export type Attributes = Readonly<Record<string, unknown>>;

  export class Group {
    readonly keys: string[];
    readonly attrs: Attributes;
    /** @param path relative to this group, with slashes */
    get(path: string): Group | Dataset | null;
  }

  export class Dataset {
    readonly shape: number[];
    /** As `<f4`. */
    readonly dtype: unknown;
    /** All elements, the last axis fastest. */
    readonly value: ArrayLike<number>;
  }

  export class File extends Group {
    /** @param bytes the whole file */
    constructor(bytes: ArrayBuffer, name: string);
  }
}
