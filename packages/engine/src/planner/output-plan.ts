import { DuckDBExec, type DuckDBExecOptions, type DuckDBSession, type ExecOutput } from '@planscope/duckdb';
import type { ExecutionPlan, LogicalPlan, PlanningContext, TaskContext } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import { type DeltaTarget, DeltaWriteExec } from '../exec/delta-write-exec.ts';
import { UploadExec, type UploadTarget } from '../exec/upload-exec.ts';
import type { LakeTables } from '../input/lake-tables.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputNode } from '../logical/output-node.ts';
import type { DataFormat, OutputMode, OutputSpec } from '../spec/execution-spec.ts';
import { deltaOutput } from './delta-output.ts';

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
  /** Called before the rows of a plan are put where they belong; rejects if they may be wrong. */
  readonly confirm: (plan: LogicalPlan, context: TaskContext) => Promise<void>;
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
  const { staging } = means;
  const target = means.targetOf(node.output);
  const run = (output: ExecOutput, sql = query.sql): DuckDBExec => new DuckDBExec({ ...query, sql, output });
  const confirm = (task: TaskContext): Promise<void> => means.confirm(node.children[0], task);
  if (target === undefined) return run({ kind: 'batches' });
  if (target.kind === 'file') {
    return new UploadExec(run({ kind: 'file', format: target.format, folder: staging.folder }), target, confirm);
  }
  if (target.kind === 'ducklake') {
    const lake = await means.tables.useDuckLake(target.url, `${node.field}.location`);
    const [table = '', schema = 'main'] = target.table.split('.').reverse();
    return run({ kind: 'table', table: { catalogue: lake.name, schema, table }, mode: target.mode });
  }
  const { base, sql, partitionBy } = await deltaOutput(node, target, query, means, context);
  const files = { format: 'parquet', folder: staging.folder } as const;
  const rows =
    partitionBy.length === 0
      ? run({ kind: 'file', ...files }, sql)
      : run({ kind: 'partitioned', ...files, partitionBy }, sql);
  return new DeltaWriteExec(rows, target, base, confirm);
}
