import { RecordBatch, type Schema, Struct, vectorFromArray } from 'apache-arrow';

/** One Arrow batch of these rows. */
export function rowsToBatch(schema: Schema, rows: readonly Readonly<Record<string, unknown>>[]): RecordBatch {
  const [data] = vectorFromArray(rows, new Struct(schema.fields)).data;
  return new RecordBatch(schema, data);
}
