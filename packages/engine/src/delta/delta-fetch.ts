import type { FileInput } from '@planscope/duckdb';
import type { LogicalPlan } from '@planscope/plan';
import { FetchExec } from '../exec/fetch-exec.ts';
import type { DeltaTableFiles, InputObject } from '../input/input-source.ts';
import { unsupported } from '../input/lake-tables.ts';
import type { Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { DeltaFile } from './delta-actions.ts';
import { unreadable } from './delta-features.ts';
import { dataObject } from './delta-snapshot.ts';
import { type PruningMeans, prunedFiles } from './partition-pruning.ts';

/** Name of the folder of a partition for the value null, as in Hive. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

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
): Promise<FetchExec> {
  const { snapshot } = table;
  const files = await prunedFiles(relation, table, plan, means);
  const problem = unreadable(snapshot, files);
  if (problem !== undefined) throw unsupported(relation.field, problem);
  const objects = files.map((file) => partitionedObject(table, file));
  return new FetchExec(relation, objects, means.staging, snapshot.files.length - files.length);
}

/** How DuckDB reads the fetched files: the values of partition columns come from the names of folders. */
export function deltaInput({ snapshot, columns }: DeltaTableFiles): Omit<FileInput, 'name' | 'filters'> {
  const { partitionColumns } = snapshot.metadata;
  const isPartitioned = partitionColumns.length > 0;
  return {
    format: 'parquet',
    options: { union_by_name: true, hive_partitioning: isPartitioned, hive_types_autocast: false },
    projection: columns.map(({ name, type }) => {
      const index = partitionColumns.indexOf(name);
      return index === -1 ? { name, type } : { name, type, source: partitionName(index) };
    }),
  };
}

function partitionedObject({ place, snapshot }: DeltaTableFiles, file: DeltaFile): InputObject {
  const object = dataObject(place, file);
  const { partitionColumns } = snapshot.metadata;
  if (partitionColumns.length === 0) return object;
  const folders = partitionColumns.map((name, index) => {
    const value = file.partitionValues[name] ?? '';
    return `${partitionName(index)}=${value === '' ? NULL_PARTITION : encodeURIComponent(value)}`;
  });
  return { ...object, linkedBelow: folders.join('/') };
}

/** Names that no column of a file has and that need no escapes. */
function partitionName(index: number): string {
  return `planscope_partition_${index}`;
}
