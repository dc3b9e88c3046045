import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema, traceConnection } from '@planscope/duckdb';
import * as keysOfChecks from '@planscope/internal/checks/duckdb-keys';
import { type Run, runFromReport, runsFromSpans } from '@planscope/run-model';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CTE_INDEX, TABLE_INDEX } from '../src/engine-words.ts';
import { type Finding, findings, type Rule, rules } from '../src/index.ts';
import { type TracedQueries, traceQueries } from './traced-queries.ts';

const folder = mkdtempSync(join(tmpdir(), 'findings-'));
let queries: TracedQueries;

beforeAll(async () => {
  queries = await traceQueries();
  const tables = [
    `CREATE TABLE wide AS SELECT i AS id, hash(i) % 1000 AS customer, i % 10 AS a, i % 10 AS b, (hash(i) % 365)::INTEGER AS day,
      'text ' || i AS t1, 'text ' || (i + 1) AS t2, 'text ' || (i + 2) AS t3 FROM range(1_200_000) t(i)`,
    'CREATE TABLE ordered AS FROM wide ORDER BY day',
    'CREATE TABLE customers AS SELECT i AS customer, i % 7 AS region FROM range(1000) t(i)',
    'CREATE TABLE orders AS SELECT i * 8 AS id, hash(i) % 1000 AS customer FROM range(150_000) t(i)',
    'CREATE TABLE points AS SELECT i AS x, i * 7 % 5000 AS y FROM range(5000) t(i)',
    `COPY (SELECT id, customer, a FROM wide LIMIT 200_000) TO '${folder}/wide.csv'`,
    `COPY wide TO '${folder}/wide.parquet'`,
    `COPY ordered TO '${folder}/ordered.parquet'`,
    `COPY (SELECT id, customer, a FROM wide LIMIT 200_000) TO '${folder}/few.parquet'`,
  ];
  for (const sql of tables) await queries.prepare(sql);
}, 120_000);
afterAll(() => {
  queries.close();
  rmSync(folder, { recursive: true });
});

/** True for all rows, while DuckDB estimates that each condition keeps a fifth of them. */
const always = `w.t1 LIKE '%ext%' AND w.a = w.b AND w.a <= w.b`;
const grouped = (condition: string): string =>
  `SELECT region, count(*) FROM wide w JOIN customers USING (customer) WHERE ${condition} GROUP BY region`;

/** For each rule a query where it finds something, and one where it does not, over the same data. */
const examples: Readonly<Record<string, readonly [fires: string, silent: string]>> = {
  'build-side-misjudged': [
    `SELECT count(*), sum(w.a) FROM orders o JOIN wide w ON o.id = w.id WHERE ${always}`,
    'SELECT count(*), sum(w.a) FROM orders o JOIN wide w ON o.id = w.id',
  ],
  'cardinality-misestimated': [grouped(always), grouped('w.id >= 0')],
  'exploding-join': [
    'SELECT count(*) FROM orders o JOIN wide w ON o.customer = w.customer WHERE w.id < 150_000',
    'SELECT count(*) FROM orders o JOIN customers c ON o.customer = c.customer',
  ],
  'cross-product': [
    'SELECT count(*) FROM points p JOIN points q ON (p.x + q.y) % 100_003 = 17',
    'SELECT count(*) FROM points p JOIN points q ON p.x = q.y AND (p.x + q.y) % 100_003 = 17',
  ],
  'filter-not-pushed-down': [
    'SELECT count(*) FROM wide WHERE customer = a + b',
    'SELECT count(*) FROM wide WHERE customer = 5',
  ],
  'nothing-pruned': ['SELECT sum(id) FROM wide WHERE day = 100', 'SELECT sum(id) FROM ordered WHERE day = 100'],
  'late-materialization-missed': [
    'SELECT * FROM wide ORDER BY customer, id LIMIT 200',
    'SELECT * FROM wide ORDER BY customer, id LIMIT 5',
  ],
  'read-twice': [
    `SELECT x.t1 FROM wide x, wide y WHERE reverse(x.t1) LIKE '%99%9%' AND reverse(y.t1) LIKE '%99%9%' AND x.t1 = y.t1`,
    `WITH few AS MATERIALIZED (SELECT t1 FROM wide WHERE reverse(t1) LIKE '%99%9%') SELECT x.t1 FROM few x JOIN few y USING (t1)`,
  ],
  'text-format-scanned': [
    `SELECT count(*) FROM '${folder}/wide.csv' WHERE customer = 7`,
    `SELECT count(*) FROM '${folder}/few.parquet' WHERE customer = 7`,
  ],
  'large-result': ['SELECT id FROM wide', 'SELECT id FROM wide LIMIT 1000'],
  'planning-dominates': [
    `SELECT count(*) FROM ${Array.from({ length: 14 }, (_, at) => `customers c${at}`).join(', ')} WHERE
      c0.customer = 1 AND ${Array.from({ length: 13 }, (_, at) => `c${at}.customer = c${at + 1}.customer`).join(' AND ')}`,
    'SELECT count(DISTINCT t1) FROM wide',
  ],
};

/** A fast machine plans in less than the default time, and on a busy one the rest of the query waits for a core. */
const FAST_MACHINE = { 'planning-dominates': { time: 1_000_000, share: 0.1 } };

function of(code: string, run: Run, options?: Parameters<typeof findings>[1]): Finding[] {
  return findings(run, options).filter(({ rule }) => rule === code);
}

/** What each finding has to have. */
function expectSound(finding: Finding, run: Run): void {
  expect(finding.evidence.length).toBeGreaterThan(0);
  expect(finding.evidence.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  expect(finding.explanation).toMatch(/\d/);
  expect(finding.share).toBeGreaterThanOrEqual(0.05);
  expect(finding.share).toBeLessThanOrEqual(1);
  const ids = new Set(run.operators.map(({ id }) => id));
  expect(finding.operatorId === undefined || ids.has(finding.operatorId)).toBe(true);
}

describe.each(Object.entries(examples))('%s', (code, [fires, silent]) => {
  // Shares are measured, and a machine that is busy elsewhere can shift them once.
  it('finds it with a number', { retry: 2 }, async () => {
    const run = await queries.run(fires);
    const [found] = of(code, run, { thresholds: FAST_MACHINE });
    expect(found, code).toBeDefined();
    if (found !== undefined) expectSound(found, run);
  });

  it('is silent about the better query', async () => {
    expect(of(code, await queries.run(silent))).toEqual([]);
  });
});

describe('nothing-pruned', () => {
  it('counts the row groups of Parquet files', async () => {
    const query = (name: string): string => `SELECT sum(id) FROM '${folder}/${name}.parquet' WHERE day = 100`;
    const run = await queries.run(query('wide'));
    const [found] = of('nothing-pruned', run);
    expect(found?.evidence).toContainEqual({
      name: 'row groups read',
      value: 10,
      unit: '{row_group}',
      source: 'io_log',
    });
    expect(of('nothing-pruned', await queries.run(query('ordered')))).toEqual([]);
  });
});

describe('spilled-to-disk', () => {
  it('finds it where memory ran out', async () => {
    const sort = 'SELECT max(place) FROM (SELECT row_number() OVER (ORDER BY amount, id) AS place FROM t)';
    const small = await traceQueries({ settings: { memory_limit: '50MB', temp_directory: `${folder}/spill` } });
    const large = await traceQueries();
    try {
      const table = 'CREATE TABLE t AS SELECT i AS id, hash(i) % 10000 AS amount FROM range(1_500_000) t(i)';
      for (const each of [small, large]) await each.prepare(table);
      const run = await small.run(sort);
      const [found] = of('spilled-to-disk', run);
      expect(found?.evidence[0]?.value).toBeGreaterThan(1_000_000);
      if (found !== undefined) expectSound(found, run);
      expect(of('spilled-to-disk', await large.run(sort))).toEqual([]);
    } finally {
      small.close();
      large.close();
    }
  }, 60_000);
});

describe('recorded reads over HTTP', () => {
  // DuckDB 1.5.5 with httpfs and a server on the same machine, which answered each fourth request with 503 for the last.
  const recorded = (name: string): Run =>
    JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8')) as Run;

  it.each([
    ['small-reads', 'remote-small-row-groups', 'remote-large-row-groups'],
    ['retried-requests', 'remote-failing', 'remote-large-row-groups'],
  ])('%s', (code, fires, silent) => {
    const run = recorded(fires);
    const [found] = of(code, run);
    expect(found?.file).toMatch(/^http:/);
    if (found !== undefined) expectSound(found, run);
    expect(of(code, recorded(silent))).toEqual([]);
  });
});

describe('waited-before-start', () => {
  it('finds queries that waited for a thread, and none that ran alone', async () => {
    const recorder = createSpanRecorder();
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connect = async () => {
      return traceConnection(await instance.connect(), { tracerProvider: recorder.tracerProvider, warn: () => {} });
    };
    // libuv has four threads, so that the last twelve queries wait.
    const connections = await Promise.all(Array.from({ length: 16 }, connect));
    const query = 'SELECT count(*) FROM range(20_000_000) t(i) WHERE hash(i) % 7 = 3';
    await Promise.all(connections.map((connection) => connection.runAndReadAll(query)));
    await expect.poll(() => recorder.openSpans()).toBe(0);
    const runs = runsFromSpans(recorder.spans());
    const waited = runs.flatMap((run) => of('waited-before-start', run));
    expect(waited.length).toBeGreaterThan(3);
    expect(waited.length).toBeLessThan(16);
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  }, 60_000);
});

describe('skewed-stage', () => {
  /** Counts the rows of each of several partitions as a task, and reports the times that these took. */
  async function stageOver(keys: readonly number[]): Promise<Run> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const tasks = [];
    let at = 0n;
    for (const [partition, rows] of keys.entries()) {
      const start = process.hrtime.bigint();
      await connection.run(`SELECT count(DISTINCT hash(i)) FROM range(${rows}) t(i)`);
      const end = at + (process.hrtime.bigint() - start);
      const window = { start: at.toString(), end: end.toString() };
      tasks.push({
        id: `1.${partition}`,
        timing: { basis: 'measured', window } as const,
        status: 'ok' as const,
        metrics: [],
      });
      at = end;
    }
    connection.closeSync();
    instance.closeSync();
    const window = { start: '0', end: at.toString() };
    const timing = { basis: 'measured', window } as const;
    return runFromReport({
      version: 2,
      engine: { name: 'partitions', version: '1' },
      queryId: 'q',
      query: { text: 'SELECT count(DISTINCT hash(i)) FROM t' },
      status: 'ok',
      window,
      stages: [{ id: '1', parents: [], timing, tasks, operators: [], metrics: [] }],
    });
  }

  it('finds one task with most of the rows, and none if all have as many', { retry: 2, timeout: 60_000 }, async () => {
    const thresholds = { 'skewed-stage': { time: 150_000_000 } };
    const run = await stageOver([50_000, 50_000, 50_000, 6_000_000]);
    const [found] = of('skewed-stage', run, { thresholds });
    expect(found?.stageId).toBe(run.stages[0]?.id);
    if (found !== undefined) expectSound(found, run);
    expect(of('skewed-stage', await stageOver([20_000, 20_000, 20_000, 20_000]), { thresholds })).toEqual([]);
  });
});

describe('findings', () => {
  it('are sorted by their share, and each rule of the list has an example', async () => {
    const run = await queries.run(
      'SELECT count(*) FROM (SELECT * FROM wide WHERE customer = a + b) JOIN points ON x = customer',
    );
    const shares = findings(run, { minimumShare: 0 }).map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((left, right) => right - left));
    const elsewhere = ['spilled-to-disk', 'small-reads', 'retried-requests', 'waited-before-start', 'skewed-stage'];
    expect([...Object.keys(examples), ...elsewhere].sort()).toEqual(rules.map(({ code }) => code).sort());
  });

  it('take thresholds, and refuse unknown ones', async () => {
    const run = await queries.run('SELECT count(*) FROM orders WHERE id = customer');
    expect(of('filter-not-pushed-down', run)).toHaveLength(1);
    const thresholds = { 'filter-not-pushed-down': { rows: 1_000_000 } };
    expect(of('filter-not-pushed-down', run, { thresholds })).toEqual([]);
    expect(() => findings(run, { thresholds: { 'filter-not-pushed': { rows: 1 } } })).toThrow(/no rule "filter-not-p/);
    expect(() => findings(run, { thresholds: { 'large-result': { row: 1 } } })).toThrow(
      /no threshold "row"; use one of/,
    );
    expect(() => findings(run, { thresholds: { 'large-result': { rows: Number.NaN } } })).toThrow(/rows is NaN/);
  });

  it('go on without a rule that throws, and tell of it', async () => {
    const run = await queries.run('SELECT count(*) FROM orders WHERE id = customer');
    const broken: Rule = {
      code: 'broken',
      title: '',
      meaning: '',
      advice: '',
      thresholds: {},
      check: () => {
        throw new TypeError('no');
      },
    };
    const failed: string[] = [];
    const found = findings(run, { rules: [broken, ...rules], onRuleError: ({ code }) => failed.push(code) });
    expect(failed).toEqual(['broken']);
    expect(found.map(({ rule }) => rule)).toEqual(findings(run).map(({ rule }) => rule));
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    findings(run, { rules: [broken] });
    expect(await warned).toMatchObject({ code: 'PLANSCOPE_FINDINGS_RULE' });
  });

  it('explain each warning of a live query by one rule', () => {
    const explained = rules.flatMap(({ warnings = [] }) => warnings);
    const ofQueries = (duckdbSchema.warnings ?? []).filter(({ about }) => about === 'query').map(({ code }) => code);
    // A lost stream is an error of the query, and has no measure.
    expect(explained.toSorted()).toEqual(ofQueries.filter((code) => code !== 'lost-stream').sort());
  });

  it('know the attributes of DuckDB by the names of its schema', () => {
    const metrics = duckdbSchema.operatorMetrics?.map(({ name }) => name) ?? [];
    const keys = new Set([...duckdbSchema.attributes.map(({ key }) => key), ...metrics]);
    const own = [...Object.values(keysOfChecks), TABLE_INDEX, CTE_INDEX].filter((key) => !key.endsWith('.'));
    expect(own.filter((key) => !keys.has(key))).toEqual([]);
  });
});
