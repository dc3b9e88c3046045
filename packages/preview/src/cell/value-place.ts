import type { CellRedaction } from '../redaction/cell-redaction.ts';
import type { Visibility } from '../redaction/visibility.ts';
import type { CellSource } from './cell-source.ts';
import type { TextBudget } from './text-budget.ts';

/** A value on its way into a cell. */
export interface ValuePlace {
  readonly source: CellSource;
  /** `user.address.zip` */
  readonly path: string;
  readonly visibility: Visibility;
  /** How many values it stands in; inside another one, strings are always in quotes. */
  readonly depth: number;
}

/** Where values are written, and what decides how. */
export interface CellTarget {
  readonly out: TextBudget;
  readonly redaction: CellRedaction;
}

/** Writes one value into a cell. */
export type WriteValue = (place: ValuePlace, target: CellTarget) => void;
