import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance, version } from '@duckdb/node-api';
import type { EngineReport, OperatorReport } from '@planscope/plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDuckDBProfile } from '../../src/report/read-duckdb-profile.ts';
import { metric } from '../flights-exec.ts';
import { checkRecording, operatorsOf, readRecording, recordedReport } from './check-recording.ts';

interface Query {
  readonly sql: string;
  readonly steps: Readonly<Record<string, string>>;
  readonly changes?: true;
  readonly memory?: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const RECORDED = join(here, 'recorded');
const { setup, queries } = JSON.parse(readFileSync(join(here, 'queries.json'), 'utf8')) as {
  readonly setup: readonly string[];
  readonly queries: Readonly<Record<string, Query>>;
};
const recording = readRecording(RECORDED);
/** The driver of 1.5.6 has no httpfs here, and writes no profile of a query that fails. */
const both = Object.keys(queries).filter((name) => name !== 'http' && !name.startsWith('failed'));

const folder = mkdtempSync(join(tmpdir(), 'same-queries-'));
const instances: DuckDBInstance[] = [];
/** The reports of the same queries by the driver that is installed. */
const reports = new Map<string, EngineReport>();
const rowsOf = new Map<string, number>();
const steps = new Map<string, Record<string, number>>();
const analyzed = new Map<string, unknown>();

interface Analyzed {
  readonly operator_name: string;
  readonly operator_cardinality: number;
  readonly children: readonly Analyzed[];
}

const local = (sql: string): string => sql.replaceAll(/'([\w]+\.(?:parquet|csv))'/g, `'${folder}/$1'`);
const UNCOUNTED = ['CTE'];
const isExplained = ({ changes }: Query): boolean => changes === undefined;
const rowTree = (nodes: readonly Analyzed[]): unknown =>
  nodes.map(({ operator_name: name, operator_cardinality: rows, children }) => [
    name,
    UNCOUNTED.includes(name) ? undefined : rows,
    rowTree(children),
  ]);
const reportTree = (operators: readonly OperatorReport[]): unknown =>
  operators.map((operator) => [operator.name, metric(operator, 'output_rows'), reportTree(operator.children)]);

async function open(settings: Record<string, string> = {}): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', ...settings });
  instances.push(instance);
  return instance;
}

async function first(connection: DuckDBConnection, sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(local(sql))).getRows()[0] ?? [];
}

/**
 * @param explaining was never profiled: DuckDB 1.5.6 can end the process when a connection runs EXPLAIN ANALYZE after
 *   `disable_profiling`
 */
async function runQuery(name: string, shared: DuckDBConnection, explaining: DuckDBConnection): Promise<void> {
  const query = queries[name] as Query;
  const { sql, steps: counts, memory } = query;
  const limited = { memory_limit: memory ?? '', temp_directory: join(folder, 'spilled') };
  const connection = memory === undefined ? shared : await (await open(limited)).connect();
  const counted: Record<string, number> = {};
  for (const [step, count] of Object.entries(counts)) counted[step] = Number((await first(connection, count))[0]);
  steps.set(name, counted);
  if (isExplained(query)) {
    const [, text] = await first(
      memory === undefined ? explaining : connection,
      `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
    );
    const [explain] = (JSON.parse(String(text)) as Analyzed).children;
    analyzed.set(name, rowTree(explain?.children ?? []));
  }
  const profile = join(folder, 'profile.json');
  await connection.run(
    `CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', save_location = '${profile}')`,
  );
  const reader = await connection.runAndReadAll(local(sql));
  rowsOf.set(name, reader.currentRowCount);
  const text = readFileSync(profile, 'utf8');
  await connection.run('CALL disable_profiling()');
  reports.set(name, readDuckDBProfile(text, { version: version(), warnings: false }).report);
}

beforeAll(async () => {
  const instance = await open();
  const [connection, explaining] = await Promise.all([instance.connect(), instance.connect()]);
  for (const sql of setup) await connection.run(local(sql));
  for (const name of both) await runQuery(name, connection, explaining);
}, 60_000);
afterAll(() => {
  for (const instance of instances) instance.closeSync();
  rmSync(folder, { recursive: true });
});

const report2 = (name: string): EngineReport => {
  const report = recordedReport(RECORDED, name, recording);
  if (report === undefined) throw new Error(`${name} has no report`);
  return report;
};

describe('the profiles of DuckDB 2', () => {
  it('say what happened', () => {
    expect(recording.version).toBe('v2.0.1');
    expect(Object.keys(recording.queries)).toEqual(Object.keys(queries));
    expect(checkRecording(RECORDED)).toEqual([]);
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    ['bytes', 'join', (text) => text.replace(/("total_bytes_read": )\d/, '$19'), /bytes_read is/],
    ['requests', 'http', (text) => text.replace(/("total_read_operations": )\d/, '$19'), /read_requests is/],
    ['rows', 'union', (text) => text.replace(/("intermediate_rows": )10,/, '$111,'), /PARQUET_SCAN: 11 rows/],
    ['row groups', 'join', (text) => text.replace(/("row_groups_scanned": )6/, '$17'), /row_groups_scanned is 7/],
    [
      'a new key',
      'csv',
      (text) => text.replace('"total_bytes_read"', '"bytes_of_today": 3, "total_bytes_read"'),
      /io\.bytes_of_today/,
    ],
    ['a new group', 'csv', (text) => text.replace('"io":', '"network": {}, "io":'), /not known is network/],
    ['a renamed key', 'csv', (text) => text.replaceAll('"timing"', '"operator_time"'), /timing is missing/],
    ['a failure', 'failed-binding', (text) => text.replace('"error"', '"failed", "reason": 3'), /profile-missing/],
  ])('are held to it: a change of %s is seen', (_, name, change, fault) => {
    const copy = join(folder, 'changed');
    cpSync(RECORDED, copy, { recursive: true });
    const path = join(copy, `${name}.json`);
    const text = readFileSync(path, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    expect(checkRecording(copy).join('\n')).toMatch(fault);
  });
});

describe.each(both)('%s, by both versions', (name) => {
  it('gives as many rows, by the driver and by the profile', () => {
    const { rows } = recording.queries[name] ?? {};
    expect(rowsOf.get(name)).toBe(rows);
    expect(metric(report2(name), 'output_rows')).toBe(rows);
  });

  it('has the rows that count(*) finds at each step', () => {
    expect(steps.get(name)).toEqual(recording.queries[name]?.steps);
    for (const [step, rows] of Object.entries(steps.get(name) ?? {})) {
      for (const report of [reports.get(name), report2(name)]) {
        const found = operatorsOf(report ?? {}).filter((operator) => operator.name === step);
        expect(found.length).toBeGreaterThan(0);
        expect(found.map((operator) => metric(operator, 'output_rows'))).toEqual(found.map(() => rows));
      }
    }
  });

  it.runIf(isExplained(queries[name] as Query))('has the rows of EXPLAIN ANALYZE of 1.5', () => {
    expect(reportTree(reports.get(name)?.operators ?? [])).toEqual(analyzed.get(name));
  });
});

/** Everything that reports name, over all queries. */
function vocabulary(found: readonly EngineReport[]): Record<string, string[]> {
  const operators = found.flatMap(operatorsOf);
  const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
  return {
    operators: sorted(operators.map(({ name }) => name)),
    types: sorted(operators.map(({ attributes }) => String(attributes?.['duckdb.operator.type']))),
    fields: sorted(operators.flatMap(({ fields = [] }) => fields.map(({ key }) => key))),
    attributes: sorted(operators.flatMap(({ attributes = {} }) => Object.keys(attributes))),
    operatorMetrics: sorted(operators.flatMap(({ metrics }) => metrics.map((entry) => entry.name))),
    metrics: sorted(found.flatMap(({ metrics = [] }) => metrics.map((entry) => entry.name))),
    phases: sorted(found.flatMap(({ planning = [] }) => planning.map(({ phase, step }) => `${phase} ${step}`))),
    steps: sorted(
      found.flatMap(({ planning = [] }) =>
        planning.filter(({ step }) => step !== 'all_optimizers').flatMap(({ rules }) => rules.map((rule) => rule.name)),
      ),
    ),
  };
}

it('both versions use the same words', () => {
  const one = vocabulary(both.flatMap((name) => reports.get(name) ?? []));
  const two = vocabulary(both.map(report2));
  const only = (names: Record<string, string[]>, others: Record<string, string[]>) =>
    Object.fromEntries(
      Object.entries(names)
        .map(([kind, list]) => [kind, list.filter((name) => !others[kind]?.includes(name))] as const)
        .filter(([, list]) => list.length > 0),
    );
  expect(only(one, two)).toMatchInlineSnapshot(`{}`);
  expect(only(two, one)).toMatchInlineSnapshot(`
    {
      "attributes": [
        "duckdb.bytes_scanned",
        "duckdb.info.execution_mode",
        "duckdb.info.format",
        "duckdb.info.materialized_consumers",
        "duckdb.info.order_mode",
      ],
      "fields": [
        "execution_mode",
        "format",
        "materialized_consumers",
        "order_mode",
      ],
      "metrics": [
        "bytes_read",
        "bytes_written",
        "read_requests",
        "read_time",
        "write_requests",
        "write_time",
      ],
      "operatorMetrics": [
        "row_groups_pruned",
        "row_groups_scanned",
      ],
      "operators": [
        "PERFECT_HASH_GROUP_BY",
      ],
      "types": [
        "PERFECT_HASH_GROUP_BY",
      ],
    }
  `);
});
