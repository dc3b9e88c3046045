import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flush, traceConnection, withQueryOptions } from '../src/index.ts';

const PEAK = 'planscope.metrics.peak_temporary_storage';
const PEAK_MEMORY = 'planscope.metrics.peak_memory';
const SPILLED = 'planscope.metrics.least_spilled_bytes';
const SORT =
  'SELECT max(place) FROM (SELECT row_number() OVER (ORDER BY text) AS place FROM (SELECT md5(range::VARCHAR) AS text FROM range(600_000)))';
const SMALL = 'SELECT range % 3 AS key, count(*) FROM range(1000) GROUP BY key';

const recorder = createSpanRecorder();
let folder: string;
let instance: DuckDBInstance;
let warned: string[];
beforeEach(async () => {
  recorder.clear();
  warned = [];
  folder = mkdtempSync(join(tmpdir(), 'planscope-spilled-'));
  instance = await DuckDBInstance.create(':memory:', { memory_limit: '40MB', threads: '2', temp_directory: folder });
});
afterEach(() => {
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(): Promise<DuckDBConnection> {
  const { tracerProvider } = recorder;
  const connection = traceConnection(await instance.connect(), {
    tracerProvider,
    warn: ({ code }) => {
      if (code === 'spilled-to-disk') warned.push(code);
    },
  });
  await connection.run('SELECT 1');
  return connection;
}

/** The numbers of the queries that are recorded, by the first words of their text. */
async function numbers(): Promise<Record<string, unknown>[]> {
  await flush();
  const queries = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  return queries.map(({ attributes }) => attributes);
}

describe('spilled bytes', () => {
  it('are on the query that spilled, and not on later ones of its connection', async () => {
    const connection = await connect();
    await connection.run(SORT);
    recorder.clear();
    await connection.run(SMALL);
    await connection.run('SELECT 42');
    for (const attributes of await numbers()) {
      expect(attributes).not.toHaveProperty([SPILLED]);
      expect(attributes).not.toHaveProperty([PEAK]);
      expect(attributes).not.toHaveProperty([PEAK_MEMORY]);
    }
    expect(warned).toEqual(['spilled-to-disk']);
    connection.closeSync();
  });

  it('are at most the growth of the temporary folder', async () => {
    const connection = await connect();
    recorder.clear();
    await connection.run(SORT);
    const [attributes = {}] = await numbers();
    expect(Number(attributes[SPILLED])).toBeGreaterThan(1_000_000);
    expect(attributes[SPILLED]).toBe(attributes[PEAK]);
    connection.closeSync();
  });

  it('are not on queries that ran at the same time', async () => {
    const [sorting, other] = [await connect(), await connect()];
    recorder.clear();
    let isOver = false;
    const others = (async () => {
      while (!isOver) await other.run(SMALL);
    })();
    await sorting.run(SORT);
    isOver = true;
    await others;
    const found = await numbers();
    expect(found.some((attributes) => Number(attributes[PEAK]) > 0)).toBe(true);
    expect(found.filter((attributes) => SPILLED in attributes)).toEqual([]);
    expect(warned).toEqual([]);
    sorting.closeSync();
    other.closeSync();
  });

  it('are not on queries that ran beside one that is not recorded', async () => {
    const [connection, plain] = [await connect(), await connect()];
    recorder.clear();
    const skipped = withQueryOptions({ skip: true }, () => plain.run('SELECT sum(range) FROM range(10_000_000)'));
    await Promise.all([skipped, connection.run(SORT)]);
    const found = await numbers();
    expect(found.filter((attributes) => SPILLED in attributes)).toEqual([]);
    connection.closeSync();
    plain.closeSync();
  });

  it('are not on a small query while DuckDB moved a table to disk', async () => {
    const plain = await instance.connect();
    const connection = await connect();
    await plain.run('CREATE TABLE moved AS SELECT md5(range::VARCHAR) AS text FROM range(2_000_000)');
    recorder.clear();
    await connection.run(SMALL);
    const [attributes = {}] = await numbers();
    expect(Number(attributes[PEAK])).toBeGreaterThan(1_000_000);
    expect(attributes).not.toHaveProperty([SPILLED]);
    connection.closeSync();
    plain.closeSync();
  });
});
