/** The table of an experiment: what is in the CSV, which heads read it, which rows are for what. No pixels here. */

/** A head and the column of the table that holds its labels. */
export interface HeadColumn {
  readonly name: string;
  readonly column: string;
  /** Names in the order of the head's outputs. */
  readonly classes: readonly string[];
}

export interface SplitSettings {
  /** Share of all rows, above 0 and below 1; null with folds. */
  readonly validation: number | null;
  /** Share of all rows that is set aside for testing. Null or absent: none. */
  readonly test?: number | null;
  /** Cross-validation: parts of equal size that the rows are dealt into, without those for testing. Null or absent: none. */
  readonly folds?: number | null;
  /** Number of the fold for validation, from 0. */
  readonly fold?: number | null;
  readonly seed: number;
  /** Names of heads. */
  readonly stratifyBy: readonly string[];
  /** Column of the table. */
  readonly groupBy: string | null;
  /** Whether rows of one image are in one part. Absent or null: each row is drawn for itself. */
  readonly repeatedImages?: 'together' | 'apart' | null;
  /** Column of the table that says `train`, `validation` or `test`. */
  readonly column: string | null;
}

/** A CSV as read: nothing interpreted yet. */
export interface Table {
  /** The file, as a person would type it. */
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly digest: string;
  readonly columns: readonly string[];
  /** Cells by row, in the order of `columns`. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row begins, counted from 1. */
  readonly lines: readonly number[];
}

/** Class of each row for one head: its index, or -1 where the label is not known. */
export type Labels = Int32Array;

/** What training sees: numbers of the table's rows (from 0), ascending. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/** With the rows that are set aside. */
export interface TableSplit extends Split {
  /** Empty where the split has no test part. */
  readonly test: Int32Array;
}
