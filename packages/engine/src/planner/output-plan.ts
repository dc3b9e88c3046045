import { DuckDBExec, type DuckDBExecOptions, type DuckDBSession, type ExecOutput } from '@planscope/duckdb';
import type { ExecutionPlan, PlanningContext } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import type { DeltaAction, DeltaSnapshot } from '../delta/delta-actions.ts';
import { INCOMPLETE_LOG, unwritable } from '../delta/delta-features.ts';
import { listLog } from '../delta/delta-log.ts';
import { deltaColumns, deltaSchemaString } from '../delta/delta-schema.ts';
import { type DeltaMeans, readSnapshot } from '../delta/delta-snapshot.ts';
import { type DeltaTarget, DeltaWriteExec } from '../exec/delta-write-exec.ts';
import { UploadExec, type UploadTarget } from '../exec/upload-exec.ts';
import { confirmDialects } from '../input/confirm-dialects.ts';
import type { LakeTables } from '../input/lake-tables.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputNode } from '../logical/output-node.ts';
import type { DataFormat, OutputMode, OutputSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';

/** Where the rows of an output go. */
export type OutputTarget = FileTarget | DeltaTarget | DuckLakeTarget;

/** The file of an output. */
interface FileTarget extends UploadTarget {
  readonly kind: 'file';
  readonly format: DataFormat;
}

/** The table of an output in a DuckLake. */
interface DuckLakeTarget {
  readonly kind: 'ducklake';
  /** As in ATTACH. */
  readonly url: string;
  /** `table`, or `schema.table`. */
  readonly table: string;
  readonly mode: OutputMode;
}

/** What planning the outputs needs. */
export interface OutputPlanMeans {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly tables: LakeTables;
  /** Returns the target of an output; undefined for an output that is returned to the caller. */
  readonly targetOf: (output: OutputSpec) => OutputTarget | undefined;
  /** Called with the number of bytes fetched from stores. */
  readonly noteBytes: (bytes: number) => void;
}

/** The query of an output, without its output. */
export type OutputQuery = Omit<DuckDBExecOptions, 'output'> & { readonly schema: Schema };

/**
 * The nodes that compute an output and put it where it belongs.
 *
 * @throws SpecError if its table cannot take the rows
 */
export async function outputPlan(
  node: OutputNode,
  query: OutputQuery,
  means: OutputPlanMeans,
  context: PlanningContext,
): Promise<ExecutionPlan> {
  const { session, staging } = means;
  const target = means.targetOf(node.output);
  const run = (output: ExecOutput, sql = query.sql): DuckDBExec => new DuckDBExec({ ...query, sql, output });
  const confirm = (): Promise<void> => confirmDialects(session, node.children[0]);
  if (target === undefined) return run({ kind: 'batches' });
  if (target.kind === 'file') {
    return new UploadExec(run({ kind: 'file', format: target.format, folder: staging.folder }), target, confirm);
  }
  if (target.kind === 'ducklake') {
    const lake = await means.tables.useDuckLake(target.url, `${node.field}.location`);
    const [table = '', schema = 'main'] = target.table.split('.').reverse();
    return run({ kind: 'table', table: { catalogue: lake.name, schema, table }, mode: target.mode });
  }
  const file = { kind: 'file', format: 'parquet', folder: staging.folder } as const;
  const { snapshot, created, sql } = await deltaBase(node, target, query, means, context);
  return new DeltaWriteExec(run(file, sql), target, { snapshot, created }, confirm);
}

/** The table that the rows are added to, or the actions that create it, and a query with its columns and types. */
async function deltaBase(
  { field }: OutputNode,
  target: DeltaTarget,
  { sql, schema }: OutputQuery,
  { session, staging, noteBytes }: OutputPlanMeans,
  { signal, otelContext, budget }: PlanningContext,
): Promise<{ snapshot: DeltaSnapshot | undefined; created: readonly DeltaAction[]; sql: string }> {
  const options: DeltaMeans['options'] = { signal, otelContext, budget, onBytes: noteBytes };
  const { place, mode, url } = target;
  const log = await listLog(place, undefined, options);
  if (mode === 'create') {
    if (log === undefined) return { snapshot: undefined, created: newTable(field, schema), sql };
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
  const problem =
    unwritable(protocol, metadata) ?? (metadata.partitionColumns.length > 0 ? 'it has partitions' : undefined);
  if (problem !== undefined) refuse(problem);
  return { snapshot, created: [], sql: castTo(field, sql, schema, snapshot) };
}

/** A query with the columns of a table, in its types. Columns that are missing are null, if the table permits it. */
function castTo(field: string, sql: string, { fields }: Schema, { metadata }: DeltaSnapshot): string {
  const names = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  const { fields: known } = JSON.parse(metadata.schemaString) as { fields: { name: string; nullable: boolean }[] };
  const unknown = fields.find(({ name }) => !known.some((column) => column.name.toLowerCase() === name.toLowerCase()));
  const missing = known.find(({ name, nullable }) => !nullable && !names.has(name.toLowerCase()));
  const text =
    unknown !== undefined
      ? `the table has no column ${JSON.stringify(unknown.name)}; it has ${known.map(({ name }) => name).join(', ')}`
      : missing && `the table needs a value for its column ${JSON.stringify(missing.name)}`;
  if (text !== undefined) throw new SpecError('invalid-spec', `${field}.from`, text);
  const list = deltaColumns(metadata.schemaString).flatMap(({ name, type }) => {
    const own = names.get(name.toLowerCase());
    return own === undefined ? [] : `CAST(${quoted(own)} AS ${type}) AS ${quoted(name)}`;
  });
  return `SELECT ${list.join(', ')} ${sql}`;
}

function newTable(field: string, schema: Schema): DeltaAction[] {
  let schemaString: string;
  try {
    schemaString = deltaSchemaString(schema);
  } catch (error) {
    throw new SpecError('invalid-spec', `${field}.from`, `${(error as Error).message}, which Delta does not have`);
  }
  // Timestamps without a time zone are a feature of their own.
  const needsFeature = schemaString.includes('"timestamp_ntz"');
  const features = ['timestampNtz'];
  const protocol = needsFeature
    ? { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features }
    : { minReaderVersion: 1, minWriterVersion: 2 };
  const metaData = {
    id: crypto.randomUUID(),
    format: { provider: 'parquet', options: {} },
    schemaString,
    partitionColumns: [],
    configuration: {},
    createdTime: Date.now(),
  };
  return [{ protocol }, { metaData }];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
