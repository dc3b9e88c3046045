import assert from 'node:assert/strict';
import { executionPlanConformance } from '@planscope/plan/testing';
import { createSpanRecorder, traceChecklist } from '@planscope/testing';
import { type AsyncDataSource, collect, executeSql } from 'squirreling';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { physicalPlan, tracedQuery, valuesOf } from './src/traced-squirreling.ts';

const people = [
  { id: 1, name: 'Ada', boss: 2 },
  { id: 2, name: 'Grace', boss: 3 },
  { id: 3, name: 'Edsger', boss: 'nobody' },
];

/** A table that fails after its first row. */
const broken: AsyncDataSource = {
  columns: ['id'],
  scan: () => ({
    appliedWhere: false,
    appliedLimitOffset: false,
    async *rows() {
      yield { columns: ['id'], cells: { id: async () => 1 } };
      throw new Error('the disk is gone');
    },
  }),
};
const tables = { people: tableOf(people), broken };

const QUERIES = [
  'SELECT * FROM people',
  'SELECT p.name, b.name AS boss FROM people p LEFT JOIN people b ON p.boss = b.id ORDER BY p.id DESC LIMIT 2 OFFSET 1',
  'SELECT p.id FROM people p JOIN people q ON p.id < q.id',
  `WITH w AS (SELECT id FROM people WHERE name <> 'Ada') SELECT a.id, b.id AS other FROM w a JOIN w b ON a.id = b.id`,
  'SELECT count(*) AS n, max(id) AS last FROM people WHERE id > 1',
  'SELECT id FROM people UNION ALL SELECT id FROM people WHERE id > 1',
  'SELECT DISTINCT name FROM people WHERE id IN (SELECT id FROM people WHERE id > 1)',
  'SELECT name, row_number() OVER (ORDER BY id) AS place FROM people',
];

const check: ExampleCheck = async () => {
  const makePlan = () => physicalPlan(QUERIES[1] ?? '', tables);
  const makeFailingPlan = () => physicalPlan('SELECT id FROM broken', tables);
  for (const { run } of executionPlanConformance(makePlan, { makeFailingPlan })) await run();

  for (const query of QUERIES) {
    const { rows, status, missing } = await outcomeOf(query);
    assert.deepEqual([status, missing], ['ok', []], query);
    assert.deepEqual(rows, await collect(executeSql({ tables, query })), query);
  }
  const [shared, ...others] = (await outcomeOf(QUERIES[3] ?? '')).scans;
  assert.deepEqual([shared, others], [2, [2]], 'the common table expression is read once for each time it is used');

  const failed = await outcomeOf('SELECT id FROM broken');
  assert.deepEqual([failed.status, failed.missing], ['error', []]);
  const left = await outcomeOf('SELECT id FROM people', 1);
  assert.deepEqual(
    [left.status, left.missing, left.scans],
    ['cancelled', [], [1]],
    'it reads no further than it is asked',
  );
};

/** How a query ended, and what its spans lack. */
async function outcomeOf(query: string, mostRows = Number.POSITIVE_INFINITY) {
  const recorder = createSpanRecorder();
  const rows: unknown[] = [];
  try {
    for await (const { row } of tracedQuery(query, tables, recorder.tracerProvider)) {
      if (rows.push(await valuesOf(row)) >= mostRows) break;
    }
  } catch (error) {
    assert.match(String(error), /the disk is gone/);
  }
  assert.equal(recorder.openSpans(), 0);
  const spans = recorder.spans();
  const status = spans.find(({ name }) => name === 'squirreling')?.attributes['planscope.run.status'];
  const scans = spans
    .filter(({ name }) => name === 'ScanExec')
    .map((span) => span.attributes['datafusion.metrics.output_rows']);
  return { rows, status, scans, missing: traceChecklist(spans, { secrets: ['Ada', 'disk'] }) };
}

function tableOf(rows: readonly Record<string, string | number>[]): AsyncDataSource {
  const columns = Object.keys(rows[0] ?? {});
  const scan = async function* () {
    for (const row of rows) {
      yield { columns, cells: Object.fromEntries(columns.map((column) => [column, async () => row[column] ?? null])) };
    }
  };
  return { columns, scan: () => ({ rows: scan, appliedWhere: false, appliedLimitOffset: false }) };
}

export default check;
