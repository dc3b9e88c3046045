import type { RecordBatch } from 'apache-arrow';

/**
 * Rows that pass from one operator to the next. An Arrow `RecordBatch` is one; an engine that is typed dynamically has
 * {@link RowBatch}, or a form of its own.
 */
export interface Batch {
  readonly numRows: number;
}

/** Rows as objects, for engines whose columns have no type. How many bytes they take is not known. */
export interface RowBatch extends Batch {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Whether rows are an Arrow batch, of whichever copy of the library. */
export function isRecordBatch(batch: Batch): batch is RecordBatch {
  const { schema, data } = batch as Partial<RecordBatch>;
  return Array.isArray(schema?.fields) && typeof data?.byteLength === 'number';
}
