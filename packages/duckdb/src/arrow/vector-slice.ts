import type { VectorView } from './vector-view.ts';

/** A run of rows of one vector. An Arrow column is made of such runs, one after the other. */
export interface VectorSlice {
  readonly vector: VectorView;
  readonly from: number;
  readonly count: number;
}

/** The same rows in a vector that is aligned with the first, such as a struct's entry. */
export function mapSlices(
  slices: readonly VectorSlice[],
  related: (vector: VectorView) => VectorView,
): readonly VectorSlice[] {
  return slices.map(({ vector, from, count }) => ({ vector: related(vector), from, count }));
}

/** Calls `visit` for each row that has a value, with its position in the whole column. */
export function forEachValue(
  slices: readonly VectorSlice[],
  visit: (vector: VectorView, row: number, position: number) => void,
): void {
  let position = 0;
  for (const { vector, from, count } of slices) {
    for (let row = from; row < from + count; row++, position++) {
      if (vector.isValid(row)) visit(vector, row, position);
    }
  }
}
