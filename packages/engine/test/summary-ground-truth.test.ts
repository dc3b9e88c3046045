import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type RunResult } from '../src/index.ts';

const FLIGHTS = 120_000;

let folder: string;
let truth: DuckDBConnection;
let instance: DuckDBInstance;
let memory: MemoryStore;
let engine: Engine;

/** The same files for a DuckDB that Planscope knows nothing of, and for the engine. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-summary-'));
  instance = await DuckDBInstance.create();
  truth = await instance.connect();
  memory = new MemoryStore();
  await truth.run(
    `COPY (SELECT range AS id, range % 7 AS day, range % 31 AS delay, 'A' || range % 20 AS origin FROM range(${FLIGHTS})) TO '${folder}/flights.parquet' (ROW_GROUP_SIZE 20_000)`,
  );
  await truth.run(`COPY (SELECT 'A' || range AS iata, range % 3 AS zone FROM range(25)) TO '${folder}/airports.csv'`);
  for (const [name, file] of [
    ['flights', 'flights.parquet'],
    ['airports', 'airports.csv'],
  ] as const) {
    await truth.run(`CREATE VIEW ${name} AS FROM '${join(folder, file)}'`);
    await memory.put(file, await readFile(join(folder, file)));
  }
  engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    stores: createStoreRegistry({ stores: [memory] }),
  });
});

afterAll(async () => {
  await engine.close();
  truth.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

const inputs = [
  { name: 'flights', location: 'memory:///flights.parquet' },
  { name: 'airports', location: 'memory:///airports.csv' },
];

type Output = { readonly name: string; readonly location?: string };

function run(sql: string, outputs: readonly Output[] = [{ name: 'rows' }]): Promise<RunResult> {
  return engine.run({
    version: 1,
    inputs: inputs.filter(({ name }) => sql.includes(name)),
    views: [{ name: 'v', sql }],
    outputs: outputs.map((output) => ({ ...output, from: 'v' })),
  });
}

async function count(sql: string): Promise<number> {
  const reader = await truth.runAndReadAll(`SELECT count(*) FROM (${sql})`);
  return Number(reader.getRows()[0]?.[0]);
}

interface Analyzed {
  readonly operator_type?: string;
  readonly operator_cardinality?: number;
  readonly children?: readonly Analyzed[];
}

/** Rows that the scans put out, as EXPLAIN ANALYZE counts them. */
async function scannedRows(sql: string): Promise<number> {
  const reader = await truth.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT json) ${sql}`);
  const rowsOf = ({ operator_type = '', operator_cardinality = 0, children = [] }: Analyzed): number =>
    (/^(TABLE_SCAN|READ_)/.test(operator_type) ? operator_cardinality : 0) +
    children.reduce((sum, child) => sum + rowsOf(child), 0);
  return rowsOf(JSON.parse(String(reader.getRows()[0]?.[1])) as Analyzed);
}

async function sizeOf(...paths: string[]): Promise<number> {
  const heads = await Promise.all(paths.map((path) => memory.head(path)));
  return heads.reduce((sum, { size }) => sum + size, 0);
}

const queries: readonly string[] = [
  'SELECT * FROM flights',
  'SELECT id FROM flights WHERE delay > 20',
  'SELECT id FROM flights WHERE delay > 1000',
  'SELECT count(*) AS n FROM flights',
  'SELECT origin, avg(delay) AS delay FROM flights GROUP BY origin',
  'SELECT DISTINCT day FROM flights',
  'SELECT * FROM flights ORDER BY delay DESC, id LIMIT 10',
  'SELECT * FROM flights ORDER BY id OFFSET 119_990',
  'SELECT * FROM airports',
  'SELECT zone, count(*) AS n FROM airports GROUP BY zone HAVING count(*) > 8',
  'SELECT f.id, a.zone FROM flights f JOIN airports a ON f.origin = a.iata WHERE a.zone = 1',
  'SELECT a.iata FROM airports a LEFT JOIN flights f ON f.origin = a.iata WHERE f.id IS NULL',
  'SELECT a.iata FROM airports a WHERE NOT EXISTS (FROM flights f WHERE f.origin = a.iata)',
  'SELECT id FROM flights WHERE origin IN (SELECT iata FROM airports WHERE zone = 2)',
  'SELECT id FROM flights WHERE day = 1 UNION ALL SELECT id FROM flights WHERE day = 2',
  'SELECT day FROM flights INTERSECT SELECT zone FROM airports',
  'SELECT day FROM flights EXCEPT SELECT zone FROM airports',
  'SELECT id, row_number() OVER (PARTITION BY origin ORDER BY id) AS r FROM flights QUALIFY r <= 3',
  'SELECT unnest([id, id + 1]) AS id FROM flights WHERE id < 50',
  'WITH worst AS (SELECT max(delay) AS delay FROM flights) SELECT f.id FROM flights f JOIN worst USING (delay)',
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT * FROM t',
  'SELECT range AS n FROM range(1000) WHERE range % 2 = 0',
  "SELECT origin || '-' || day AS key, count(*) AS n FROM flights GROUP BY ALL",
];

describe('the summary of a run is what DuckDB and the files say', () => {
  it.each(queries)('%s', async (sql) => {
    const rows = await count(sql);
    const { outputs, summary, warnings } = await run(sql);
    expect(outputs[0]?.rows).toBe(rows);
    expect(summary.outputRows).toEqual({ value: rows, source: 'counted' });
    expect(summary.outputBatches.value).toBe(outputs[0]?.batches?.length);
    const used = ['flights.parquet', 'airports.csv'].filter((file) => sql.includes(file.split('.')[0] ?? ''));
    const stored = await sizeOf(...used);
    expect(summary.storeBytesRead.value).toBe(used.length === 0 ? null : stored);
    expect(summary.storeBytesWritten.value).toBeNull();
    // DuckDB says what lay on disk at most, not what went there.
    expect(summary.spilledBytes.value).toBeNull();
    expect(summary.warningCount).toEqual({ value: warnings.length, source: 'counted' });
  });

  it.each([
    ...[0, 1, 4, 5, 8, 10].map((index) => queries[index] ?? ''),
    // Below its delim join, DuckDB scans distinct rows of the query, and what it has kept of one side.
    'SELECT a.iata FROM airports a WHERE a.zone > (SELECT count(*) / 3000 FROM flights f WHERE f.origin = a.iata AND f.day <> a.zone)',
    'WITH days AS MATERIALIZED (SELECT day, count(*) AS n FROM flights GROUP BY day) SELECT a.day FROM days a CROSS JOIN days b',
  ])('rows of the scans: %s', async (sql) => {
    const { summary } = await run(sql);
    const scanned = await scannedRows(sql);
    expect(summary.selectivity.value).toBeCloseTo((await count(sql)) / scanned, 10);
  });

  it('has no selectivity where nothing is scanned', async () => {
    const { summary } = await run('SELECT range AS n FROM range(1000) WHERE range % 2 = 0');
    expect(summary.selectivity).toEqual({ value: null, reason: 'not-reported' });
  });

  it('over several outputs is their sum, with the sizes of the files', async () => {
    const sql = 'SELECT id, delay FROM flights WHERE day = 3';
    const outputs = [
      { name: 'a', location: 'memory:///a.parquet' },
      { name: 'b', location: 'memory:///b.csv' },
      { name: 'c' },
    ];
    const { summary, ...result } = await run(sql, outputs);
    const rows = await count(sql);
    expect(summary.outputRows.value).toBe(3 * rows);
    const written = await sizeOf('a.parquet', 'b.csv');
    expect(result.outputs.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0)).toBe(written);
    expect(summary.storeBytesWritten).toEqual({ value: written, source: 'counted' });
    expect(summary.bytesWritten).toEqual({ value: written, source: 'io_log' });
    expect(summary.storeBytesRead.value).toBe(await sizeOf('flights.parquet'));
  });

  it('of a failed run holds what was measured until then, and no more', async () => {
    const ended: RunResult[] = [];
    const other = await createEngine({
      environment: {},
      stores: createStoreRegistry({ stores: [memory] }),
      onRunEnd: (result) => ended.push(result),
    });
    const sql = `SELECT CASE WHEN id = ${FLIGHTS - 1} THEN error('late') ELSE id END AS id FROM flights`;
    const view = { name: 'v', sql };
    await expect(
      other.run({ version: 1, inputs: inputs.slice(0, 1), views: [view], outputs: [{ name: 'o', from: 'v' }] }),
    ).rejects.toThrow(/late|broke off/);
    await other.close();
    const [result] = ended;
    expect(result).toMatchObject({ status: 'error', outputs: [] });
    expect(result?.summary.outputRows.value).toBeLessThan(FLIGHTS);
    expect(result?.summary.storeBytesRead.value).toBe(await sizeOf('flights.parquet'));
    expect(result?.summary.selectivity.value).toBeNull();
  });

  it('of a cancelled run counts the rows that were handed over', async () => {
    const { batches, result } = await engine.stream({ sql: 'SELECT range AS n FROM range(1_000_000)' });
    const first = await batches.next();
    await batches.return?.();
    const { status, summary } = await result;
    expect(status).toBe('cancelled');
    expect(summary.outputRows).toEqual({ value: first.value?.numRows, source: 'counted' });
    expect(summary.outputBatches).toEqual({ value: 1, source: 'counted' });
  });

  it('keeps runs apart that are under way at once', async () => {
    const sql = (index: number): string => `SELECT id FROM flights WHERE day = ${index}`;
    const results = await Promise.all(Array.from({ length: 7 }, (_, index) => run(sql(index))));
    for (const [index, { summary }] of results.entries()) {
      expect(summary.outputRows.value).toBe(await count(sql(index)));
      expect(summary.storeBytesRead.value).toBe(await sizeOf('flights.parquet'));
    }
  });
});
