import type { IoReport, MetricReport } from '@planscope/plan';
import type { CatalogueEvent } from '../events/engine-event.ts';
import { METRIC_CATALOGUE_QUERIES, METRIC_CATALOGUE_TIME } from '../semconv.ts';

/** Queries of DuckLake to its catalogue, as a report tells them. */
export function catalogueReports(queries: readonly CatalogueEvent[]): IoReport[] {
  return queries.map(({ catalogue, system, table, start, time }) => ({
    store: 'ducklake',
    operation: 'catalogue_query',
    location: table === undefined ? catalogue : `${catalogue}.${table}`,
    bytes: 0,
    requests: 1,
    ...(system === undefined ? {} : { system }),
    timing: { basis: 'measured', window: { start: start.toString(), end: time.toString() } },
  }));
}

/** How many queries a catalogue took, and how long; none where none is known. */
export function catalogueMetrics(queries: readonly CatalogueEvent[]): MetricReport[] {
  if (queries.length === 0) return [];
  const time = queries.reduce((sum, query) => sum + (query.time - query.start), 0n).toString();
  return [
    { name: METRIC_CATALOGUE_QUERIES, type: 'count', unit: '{query}', value: queries.length },
    { name: METRIC_CATALOGUE_TIME, type: 'time', unit: 'ns', value: time },
  ];
}
