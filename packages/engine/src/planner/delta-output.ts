import type { ColumnDescription, DuckDBExecOptions, DuckDBSession } from '@planscope/duckdb';
import type { PlanningContext } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import type { DeltaMetadata, DeltaSnapshot } from '../delta/delta-actions.ts';
import { INCOMPLETE_LOG, unwritable } from '../delta/delta-features.ts';
import { listLog } from '../delta/delta-log.ts';
import { deltaColumns, deltaSchemaString } from '../delta/delta-schema.ts';
import { type DeltaMeans, readSnapshot } from '../delta/delta-snapshot.ts';
import { partitionName, partitionText } from '../delta/partition-values.ts';
import type { DeltaBase, DeltaTarget } from '../exec/delta-write-exec.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputNode } from '../logical/output-node.ts';
import { SpecError } from '../spec/spec-error.ts';

/** What planning the table needs. */
interface DeltaOutputMeans {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  /** Called with the number of bytes fetched from stores. */
  readonly noteBytes: (bytes: number) => void;
}

/** The query of the rows, and their columns. */
type RowsQuery = Pick<DuckDBExecOptions, 'sql'> & { readonly schema: Schema };

/** How the rows of an output become files of a Delta table. */
export interface DeltaOutput {
  readonly base: DeltaBase;
  /** A query with the columns of the files, in the types of the table, and with the columns of `partitionBy`. */
  readonly sql: string;
  /** Columns with the values of the partition columns as text, in the order of the table. */
  readonly partitionBy: readonly string[];
}

/**
 * Reads what is at the location of an output, and plans the rows for it.
 *
 * @throws SpecError `invalid-spec` if the rows or the mode do not fit, `unsupported-table` for a feature of the table
 */
export async function deltaOutput(
  { field, output }: OutputNode,
  target: DeltaTarget,
  query: RowsQuery,
  means: DeltaOutputMeans,
  context: PlanningContext,
): Promise<DeltaOutput> {
  const snapshot = await existingTable(field, target, means, context);
  if (snapshot === undefined) {
    const metadata = newMetadata(field, query.schema, output.partitionBy ?? []);
    const { schemaString } = metadata;
    const base: DeltaBase = { partitionColumns: metadata.partitionColumns, created: newTable(metadata) };
    return { base, ...rowsFor(field, query, { schemaString, partitionColumns: metadata.partitionColumns }) };
  }
  const { partitionColumns } = snapshot.metadata;
  if (output.partitionBy !== undefined && !areEqual(output.partitionBy, partitionColumns)) {
    const is = partitionColumns.length === 0 ? 'not partitioned' : `partitioned by ${partitionColumns.join(', ')}`;
    throw new SpecError('invalid-spec', `${field}.partitionBy`, `the table at ${target.url} is ${is}; leave it out`);
  }
  return { base: { snapshot, partitionColumns, created: [] }, ...rowsFor(field, query, snapshot.metadata) };
}

/** The table that the rows go to; undefined if it is created. */
async function existingTable(
  field: string,
  { place, mode, url }: DeltaTarget,
  { session, staging, noteBytes }: DeltaOutputMeans,
  { signal, otelContext, budget }: PlanningContext,
): Promise<DeltaSnapshot | undefined> {
  const options: DeltaMeans['options'] = { signal, otelContext, budget, onBytes: noteBytes };
  const log = await listLog(place, undefined, options);
  if (mode === 'create') {
    if (log === undefined) return undefined;
    throw new SpecError('invalid-spec', `${field}.mode`, `there is a Delta table at ${url} already; use "append"`);
  }
  if (log === undefined) {
    throw new SpecError('invalid-spec', `${field}.mode`, `there is no Delta table at ${url}; use "create"`);
  }
  const refuse = (problem: string): never => {
    const text = `the engine cannot write to the Delta table at ${url}, because ${problem}`;
    throw new SpecError('unsupported-table', `${field}.location`, text);
  };
  if (!log.isComplete) refuse(INCOMPLETE_LOG);
  const snapshot = await readSnapshot(place, log, { session, staging, options });
  const { protocol, metadata } = snapshot;
  const problem = unwritable(protocol, metadata);
  if (problem !== undefined) refuse(problem);
  if (mode === 'overwrite' && metadata.configuration?.['delta.appendOnly'] === 'true') {
    refuse('it permits only appending (delta.appendOnly)');
  }
  return snapshot;
}

/** A query with the columns of a table, in its types. Columns that are missing are null, if the table permits it. */
function rowsFor(
  field: string,
  { sql, schema: { fields } }: RowsQuery,
  { schemaString, partitionColumns }: Pick<DeltaMetadata, 'schemaString' | 'partitionColumns'>,
): { readonly sql: string; readonly partitionBy: readonly string[] } {
  const names = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  const { fields: known } = JSON.parse(schemaString) as { fields: { name: string; nullable: boolean }[] };
  const unknown = fields.find(({ name }) => !known.some((column) => column.name.toLowerCase() === name.toLowerCase()));
  const missing = known.find(({ name, nullable }) => !nullable && !names.has(name.toLowerCase()));
  const text =
    unknown !== undefined
      ? `the table has no column ${JSON.stringify(unknown.name)}; it has ${known.map(({ name }) => name).join(', ')}`
      : missing && `the table needs a value for its column ${JSON.stringify(missing.name)}`;
  if (text !== undefined) throw new SpecError('invalid-spec', `${field}.from`, text);
  const columns = deltaColumns({ schemaString });
  const value = ({ name, type }: ColumnDescription): string | undefined => {
    const own = names.get(name.toLowerCase());
    return own && `CAST(${quoted(own)} AS ${type})`;
  };
  const inFiles = columns.flatMap((column) => {
    const cast = partitionColumns.includes(column.name) ? undefined : value(column);
    return cast === undefined ? [] : `${cast} AS ${quoted(column.name)}`;
  });
  if (inFiles.length === 0) {
    throw new SpecError('invalid-spec', `${field}.from`, 'has only columns that partition the table; add another one');
  }
  const texts = partitionColumns.map((name) => {
    const column = columns.find((known) => known.name === name) ?? { name, type: '' };
    const partition = partitionText(value(column) ?? `NULL::${column.type}`, column.type);
    if (partition !== undefined) return partition;
    const problem = `column ${JSON.stringify(name)} cannot partition the table, because it has the type ${column.type}`;
    throw new SpecError('invalid-spec', `${field}.partitionBy`, problem);
  });
  const partitionBy = texts.map((_, index) => partitionName(index));
  const list = [...inFiles, ...texts.map((partition, index) => `${partition} AS ${partitionBy[index]}`)];
  return { sql: `SELECT ${list.join(', ')} ${sql}`, partitionBy };
}

function newMetadata(field: string, schema: Schema, partitionBy: readonly string[]): DeltaMetadata {
  let schemaString: string;
  try {
    schemaString = deltaSchemaString(schema);
  } catch (error) {
    throw new SpecError('invalid-spec', `${field}.from`, `${(error as Error).message}, which Delta does not have`);
  }
  const partitionColumns = partitionBy.map((wanted, index) => {
    const refuse = (text: string): never => {
      throw new SpecError('invalid-spec', `${field}.partitionBy[${index}]`, `${JSON.stringify(wanted)} ${text}`);
    };
    const isSame = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase();
    if (partitionBy.findIndex(isSame) < index) refuse('is there twice');
    const names = schema.fields.map(({ name }) => name);
    return names.find(isSame) ?? refuse(`is not a column of the rows, which are ${names.join(', ')}`);
  });
  return { id: crypto.randomUUID(), schemaString, partitionColumns, configuration: {} };
}

function newTable(metadata: DeltaMetadata): DeltaBase['created'] {
  // Timestamps without a time zone are a feature of their own.
  const needsFeature = metadata.schemaString.includes('"timestamp_ntz"');
  const features = ['timestampNtz'];
  const protocol = needsFeature
    ? { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features }
    : { minReaderVersion: 1, minWriterVersion: 2 };
  const format = { provider: 'parquet', options: {} };
  return [{ protocol }, { metaData: { ...metadata, format, createdTime: Date.now() } }];
}

function areEqual(left: readonly string[], right: readonly string[]): boolean {
  return (
    left.length === right.length && left.every((name, index) => name.toLowerCase() === right[index]?.toLowerCase())
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
