import type { MetricReport } from '@planscope/plan';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { ATTR_DUCKDB_ICEBERG_SNAPSHOT, METRIC_MANIFESTS_READ } from '../semconv.ts';
import { tableFormat } from './operator-attributes.ts';
import { numberedOperators } from './operator-reports.ts';

/** What the names of the metadata files that a query read tell of a scan of an Iceberg table. */
export interface IcebergMetadata {
  readonly attributes: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricReport[];
}

/** A list of the manifests of one snapshot; the name is the convention of all writers. */
const MANIFEST_LIST = /^(.*)\/metadata\/snap-(\d+)-[^/]*\.avro$/;
const MANIFEST = /^(.*)\/metadata\/[^/]*\.avro$/;

interface TableMetadata {
  readonly snapshots: Set<string>;
  readonly manifests: Set<string>;
}

/**
 * By the id of the scan: which snapshot it read, and how many manifests. Only where that is certain: the table of the metadata is
 * that of its data files, or there is only one of both.
 *
 * @param paths of all files that the query read
 * @param filesOf the data files that a scan is known to have read
 */
export function icebergMetadata(
  paths: Iterable<string>,
  operators: readonly ProfiledOperator[],
  filesOf: (id: string) => readonly string[],
): Map<string, IcebergMetadata> {
  const scans = [...numberedOperators(operators)].filter(([, operator]) => tableFormat(operator) === 'iceberg');
  const found = new Map<string, IcebergMetadata>();
  if (scans.length === 0) return found;
  const tables = metadataByTable(paths);
  for (const [id] of scans) {
    const files = filesOf(id).map(withoutScheme);
    const own = [...tables].filter(([root]) => files.some((file) => file.startsWith(`${root}/`)));
    const [table, ...others] = own.length === 0 && scans.length === 1 ? tables : own;
    const [snapshot, ...more] = table?.[1].snapshots ?? [];
    if (table === undefined || others.length > 0 || snapshot === undefined || more.length > 0) continue;
    found.set(id, {
      attributes: { [ATTR_DUCKDB_ICEBERG_SNAPSHOT]: snapshot },
      metrics: [{ name: METRIC_MANIFESTS_READ, type: 'count', unit: '{manifest}', value: table[1].manifests.size }],
    });
  }
  return found;
}

function metadataByTable(paths: Iterable<string>): Map<string, TableMetadata> {
  const tables = new Map<string, TableMetadata>();
  for (const path of new Set([...paths].map(withoutScheme))) {
    const [, root, snapshot] = MANIFEST_LIST.exec(path) ?? MANIFEST.exec(path) ?? [];
    if (root === undefined) continue;
    const table = tables.get(root) ?? { snapshots: new Set(), manifests: new Set() };
    tables.set(root, table);
    if (snapshot === undefined) table.manifests.add(path);
    else table.snapshots.add(snapshot);
  }
  return tables;
}

function withoutScheme(path: string): string {
  return path.replace(/^file:\/\//, '');
}
