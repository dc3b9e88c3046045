import { FILE_NUMBER, type FileInput, type ProjectedColumn } from '@planscope/duckdb';
import type { LogicalPlan } from '@planscope/plan';
import { FetchExec } from '../exec/fetch-exec.ts';
import type { DeltaTableFiles } from '../input/input-source.ts';
import { unsupported } from '../input/lake-tables.ts';
import type { Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { DeletedRows } from './deleted-rows.ts';
import type { DeltaFile } from './delta-actions.ts';
import { unreadable } from './delta-features.ts';
import type { DeltaColumn } from './delta-schema.ts';
import { dataObject } from './delta-snapshot.ts';
import { type PruningMeans, prunedFiles } from './partition-pruning.ts';
import { partitionValue } from './partition-values.ts';

/** Names that DuckDB gives to the positions of a file and of a row. */
const POSITIONS: ReadonlySet<string> = new Set(['file_index', 'file_row_number']);

/** The files of a Delta table, and how DuckDB reads them. */
export interface DeltaFetch {
  readonly node: FetchExec;
  readonly input: Omit<FileInput, 'name' | 'filters'>;
}

/**
 * Fetches the files of a Delta table that a plan may need.
 *
 * @throws SpecError `unsupported-table` if one of them uses something that the engine does not read
 */
export async function deltaFetch(
  relation: RelationNode,
  table: DeltaTableFiles,
  plan: LogicalPlan,
  means: PruningMeans & { readonly staging: Staging },
): Promise<DeltaFetch> {
  const { snapshot, columns } = table;
  const reason = relation.source?.access.reason;
  const files = await prunedFiles(relation, table, plan, means);
  const problem = unreadable(snapshot, files);
  if (problem !== undefined) throw unsupported(relation.field, problem, reason);
  const objects = files.map((file) => dataObject(table.place, file));
  const deleted = DeletedRows.of(table.place, files, means.staging);
  const { partitionColumns } = snapshot.metadata;
  const projection = columns.map((column): ProjectedColumn => {
    const { name, type, stored, value } = column;
    if (partitionColumns.includes(name)) return { name, type, source: FILE_NUMBER, value: valueByFile(column, files) };
    return { name, type, source: stored, ...(value === undefined ? {} : { value }) };
  });
  const hidden = columns.find(({ stored }) => POSITIONS.has(stored.name.toLowerCase()));
  if (hidden !== undefined && (deleted !== undefined || partitionColumns.length > 0)) {
    throw unsupported(relation.field, `its column ${JSON.stringify(hidden.name)} hides a position in a file`, reason);
  }
  const isById = columns.some(({ stored }) => stored.fieldId !== undefined);
  return {
    node: new FetchExec(relation, objects, means.staging, { pruned: snapshot.files.length - files.length, deleted }),
    input: {
      format: 'parquet',
      options: isById ? {} : { union_by_name: true },
      projection,
      ...(deleted === undefined ? {} : { deletedRows: deleted.path }),
    },
  };
}

/**
 * SQL of the value of a partition column by the number of the file. Folders in the way of Hive could not have it: one
 * value is the same as null there, and a long one has no folder.
 */
function valueByFile(column: DeltaColumn, files: readonly DeltaFile[]): string {
  const values = files.map((file) => {
    const value = partitionValue(file, column);
    return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
  });
  return `CAST([${values.join(', ')}] AS VARCHAR[])[${FILE_NUMBER.name} + 1]`;
}
