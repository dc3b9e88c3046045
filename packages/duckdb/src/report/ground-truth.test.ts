import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EngineReport, OperatorReport } from '@planscope/plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AIRPORTS, FLIGHTS } from '../../test/flights.ts';
import { collect, flightsExec, metric, operatorsOf, reportOf } from '../../test/flights-exec.ts';
import { processReads } from '../../test/process-reads.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';

const QUERIES: Readonly<Record<string, string>> = {
  scan: 'SELECT * FROM flights LIMIT 100000',
  filter: 'SELECT date, delay FROM flights WHERE delay > 200 AND distance < 300',
  aggregate: 'SELECT origin, count(*), avg(delay) FROM flights GROUP BY origin',
  join: `SELECT city, count(*) FROM flights JOIN airports ON iata = origin WHERE state = 'TX' GROUP BY city`,
  topN: 'SELECT * FROM flights ORDER BY delay DESC LIMIT 10',
  sort: 'SELECT * FROM airports ORDER BY name',
  window: 'SELECT origin, rank() OVER (PARTITION BY origin ORDER BY delay) FROM flights WHERE delay > 400',
  union: 'SELECT iata FROM airports UNION SELECT origin FROM flights WHERE delay > 300',
  antiJoin: 'SELECT iata FROM airports WHERE iata NOT IN (SELECT origin FROM flights)',
  empty: 'SELECT * FROM airports WHERE latitude > 1000',
};

let session: DuckDBSession;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  // Two threads finish the chunks of a LIMIT in any order, so use one thread to make runs comparable.
  session = await DuckDBSession.open({ settings: { threads: 1 } });
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await connection.run(`CREATE VIEW flights AS FROM read_parquet(['${FLIGHTS}'])`);
  await connection.run(`CREATE VIEW airports AS FROM read_csv(['${AIRPORTS}'])`);
});
afterAll(async () => {
  connection.disconnectSync();
  instance.closeSync();
  await session.close();
});

const report = async (sql: string, own = session): Promise<EngineReport> => {
  const context = taskContext();
  const node = await flightsExec(own, sql, { recording: { warnings: false } });
  const { outcome } = await collect(node.execute(0, context));
  expect(context.warnings).toEqual([]);
  return reportOf(outcome);
};

interface Analyzed {
  readonly operator_name: string;
  readonly operator_cardinality: number;
  readonly children: readonly Analyzed[];
}

const rowsOf = (operators: readonly OperatorReport[] = []): unknown =>
  operators.map((operator) => [operator.name, metric(operator, 'output_rows'), rowsOf(operator.children)]);
const analyzedRows = (nodes: readonly Analyzed[]): unknown =>
  nodes.map((node) => [node.operator_name, node.operator_cardinality, analyzedRows(node.children)]);

describe.each(Object.entries(QUERIES))('%s', (_, sql) => {
  let found: EngineReport;
  beforeAll(async () => {
    found = await report(sql);
  });

  it('has the operators and rows that EXPLAIN ANALYZE finds', async () => {
    const reader = await connection.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`);
    const [explain] = (JSON.parse(String(reader.getRows()[0]?.[1])) as Analyzed).children;
    expect(rowsOf(found.operators)).toEqual(analyzedRows(explain?.children ?? []));
  });

  it('returns as many rows as a count of the same relation', async () => {
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`);
    const { metrics = [], operators } = found;
    const counted = Number(reader.getRows()[0]?.[0]);
    expect(metric({ metrics }, 'output_rows')).toBe(counted);
    expect(operators?.map((operator) => metric(operator, 'output_rows'))).toEqual([counted]);
  });

  it('has optimizers that DuckDB lists, whose times do not exceed the total', async () => {
    const reader = await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()');
    const listed = reader.getRows().map(([name]) => name);
    const { planning = [] } = found;
    const optimize = planning.find(({ phase }) => phase === 'optimize_logical_plan');
    if (optimize === undefined) throw new Error('no optimizers');
    expect(optimize.rules.filter(({ name }) => !listed.includes(name))).toEqual([]);
    const sum = optimize.rules.reduce((total, { timing }) => total + Number(timing.duration), 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(Number(optimize.timing.duration));
  });

  it('has operators whose times add up to the cumulative time of the top operator', async () => {
    const { operators = [] } = found;
    const own = [...operatorsOf(operators)].reduce(
      (sum, operator) => sum + (metric(operator, 'elapsed_compute') ?? 0),
      0,
    );
    const cumulative = operators.reduce((sum, operator) => sum + (metric(operator, 'cumulative_compute') ?? 0), 0);
    expect(Math.abs(own - cumulative)).toBeLessThanOrEqual(Math.max(cumulative * 0.01, 1000));
  });
});

describe('bytes', () => {
  it.each([true, false])('match what the process read, file cache %s', async (externalFileCache) => {
    const own = await DuckDBSession.open({ events: ['reads', 'requests'], externalFileCache });
    for (const sql of [QUERIES.join, QUERIES.aggregate, QUERIES.topN] as string[]) {
      const node = await flightsExec(own, sql);
      const before = await processReads();
      const { outcome } = await collect(node.execute(0, taskContext()));
      const read = (await processReads()) - before;
      const { io = [] } = reportOf(outcome);
      const bytes = io.reduce((sum, entry) => sum + Number(entry.bytes), 0);
      expect(metric(reportOf(outcome), 'bytes_read')).toBe(bytes);
      expect(Math.abs(bytes / read - 1)).toBeLessThan(0.01);
    }
    await own.close();
  });

  it('belong to the scan that read them', async () => {
    const own = await DuckDBSession.open({ events: ['reads', 'requests'], externalFileCache: false });
    const { io = [], operators, window } = await report(QUERIES.join as string, own);
    const scans = [...operatorsOf(operators)].filter(({ name }) => name.startsWith('READ_'));
    expect(
      io.map(({ store, operation, location, operatorId, timing }) => [
        store,
        operation,
        location,
        operatorId,
        timing.basis,
      ]),
    ).toEqual([
      ['duckdb', 'get_ranges', FLIGHTS, scans.find(({ name }) => name === 'READ_PARQUET')?.id, 'observed_events'],
      ['duckdb', 'get_ranges', AIRPORTS, scans.find(({ name }) => name === 'READ_CSV')?.id, 'observed_events'],
    ]);
    for (const scan of scans) {
      const own = io.filter(({ operatorId }) => operatorId === scan.id);
      expect(metric(scan, 'bytes_read')).toBe(own.reduce((sum, entry) => sum + Number(entry.bytes), 0));
      expect(metric(scan, 'read_requests')).toBe(own.reduce((sum, entry) => sum + entry.requests, 0));
    }
    for (const { timing } of io) {
      expect(BigInt(timing.window?.start ?? 0)).toBeGreaterThanOrEqual(BigInt(window.start));
      expect(BigInt(timing.window?.end ?? 0)).toBeLessThanOrEqual(BigInt(window.end));
    }
    await own.close();
  });

  it('of a file that two scans read are no one’s', async () => {
    const own = await DuckDBSession.open({ events: ['reads', 'requests'] });
    const { io = [] } = await report(
      'SELECT count(*) FROM flights a, airports b WHERE a.delay > 500 AND b.iata = (SELECT max(origin) FROM flights)',
      own,
    );
    expect(io.map(({ location, operatorId }) => [location, operatorId === undefined]).sort()).toEqual([
      [AIRPORTS, false],
      [FLIGHTS, true],
    ]);
    await own.close();
  });

  it('are absent, not zero, if they are not traced', async () => {
    const found = await report(QUERIES.topN as string);
    expect(found.io).toBeUndefined();
    expect(metric(found, 'bytes_read')).toBeUndefined();
    expect([...operatorsOf(found.operators)].flatMap(({ metrics }) => metrics.map(({ name }) => name))).not.toContain(
      'bytes_read',
    );
  });
});

describe('ten queries at a time', () => {
  it('keep their operators, rows and reads apart', async () => {
    const own = await DuckDBSession.open({ events: ['reads', 'requests'], externalFileCache: false });
    const alone = await report('SELECT origin, sum(delay) FROM flights WHERE delay > 0 GROUP BY origin', own);
    const delays = Array.from({ length: 10 }, (_, index) => index * 20);
    const nodes = await Promise.all(
      delays.map((delay) =>
        flightsExec(own, `SELECT origin, sum(delay) FROM flights WHERE delay > ${delay} GROUP BY origin`),
      ),
    );
    const outcomes = await Promise.all(nodes.map((node) => collect(node.execute(0, taskContext()))));
    for (const [index, { outcome }] of outcomes.entries()) {
      const found = reportOf(outcome);
      const scan = [...operatorsOf(found.operators)].find(({ name }) => name === 'READ_PARQUET');
      const reader = await connection.runAndReadAll(`SELECT count(*) FROM flights WHERE delay > ${delays[index]}`);
      expect(scan?.attributes?.['duckdb.filters']).toEqual([`delay>${delays[index]}`]);
      expect(metric(scan ?? {}, 'output_rows')).toBe(Number(reader.getRows()[0]?.[0]));
      expect(Math.abs((metric(found, 'bytes_read') ?? 0) / (metric(alone, 'bytes_read') ?? 0) - 1)).toBeLessThan(0.01);
    }
    await own.close();
  });
});
