import { createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { type AsyncDataSource, asyncRow } from 'squirreling';
import { tracedQuery, valuesOf } from './traced-squirreling.ts';

/** Rows in memory. The columns have no types: a delay may be a number or a word. */
function table(rows: readonly Record<string, string | number>[]): AsyncDataSource {
  const columns = Object.keys(rows[0] ?? {});
  const scan = async function* () {
    for (const row of rows) yield asyncRow(row, columns);
  };
  return { columns, scan: () => ({ rows: scan, appliedWhere: false, appliedLimitOffset: false }) };
}

const tables = {
  flights: table([
    { origin: 'ABQ', delay: 75 },
    { origin: 'SEA', delay: 12 },
    { origin: 'SEA', delay: 190 },
    { origin: 'JFK', delay: 'cancelled' },
    { origin: 'ABQ', delay: 120 },
  ]),
  airports: table([
    { iata: 'ABQ', city: 'Albuquerque' },
    { iata: 'SEA', city: 'Seattle' },
    { iata: 'JFK', city: 'New York' },
  ]),
};
const sql = `WITH late AS (SELECT origin, delay FROM flights WHERE delay > 60)
SELECT a.city, count(*) AS late FROM late JOIN airports a ON late.origin = a.iata GROUP BY a.city ORDER BY late DESC`;

// Stands in for the tracer provider of an OpenTelemetry SDK.
const recorder = createSpanRecorder();
for await (const { row } of tracedQuery(sql, tables, recorder.tracerProvider)) console.log(await valuesOf(row));

const attributes = ['datafusion.metrics.output_rows', 'datafusion.node', 'db.query.text'];
console.log(`\n${renderSpanTree(recorder.spans(), { attributes })}`);
