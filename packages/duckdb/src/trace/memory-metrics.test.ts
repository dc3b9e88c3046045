import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf } from '../measure/memory-limits.ts';
import { observeMemory } from './memory-metrics.ts';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

let reader: Reader;
let meterProvider: MeterProvider;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let folder: string;
beforeEach(async () => {
  reader = new Reader();
  meterProvider = new MeterProvider({ readers: [reader] });
  folder = mkdtempSync(join(tmpdir(), 'planscope-memory-'));
  instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '64MiB',
    max_temp_directory_size: '2GiB',
    temp_directory: join(folder, 'spilled'),
  });
  connection = await instance.connect();
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

/** The points of each metric of a collection. */
async function collected(): Promise<Record<string, { value: number; attributes: object }[]>> {
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => ({ value: Number(value), attributes })),
    ]),
  );
}
const total = (points: readonly { value: number }[] = []): number => points.reduce((sum, { value }) => sum + value, 0);

describe('the memory of an observed instance', () => {
  it('is what DuckDB tells of it, beside its limits', async () => {
    observeMemory(instance, { meterProvider });
    await connection.run('CREATE TABLE t AS SELECT range AS i, hash(range) AS h FROM range(1000000)');
    const found = await collected();
    const reader = await connection.runAndReadAll(
      'SELECT tag, memory_usage_bytes::DOUBLE FROM duckdb_memory() WHERE memory_usage_bytes > 0',
    );
    const told = found['duckdb.memory.usage']?.filter(({ value }) => value > 0);
    expect(
      told?.map(({ value, attributes }) => [(attributes as Record<string, string>)['duckdb.memory.tag'], value]),
    ).toEqual(reader.getRows());
    expect(total(told)).toBeGreaterThan(1_000_000);
    const attributes = { 'db.system.name': 'duckdb', 'db.namespace': 'memory' };
    expect(found['duckdb.memory.limit']).toEqual([{ value: 64 * 1024 ** 2, attributes }]);
    expect(found['duckdb.temporary_storage.limit']).toEqual([{ value: 2 * 1024 ** 3, attributes }]);
    expect(total(found['duckdb.temporary_storage.usage'])).toBe(0);
  });

  it('is told while a query spills', async () => {
    observeMemory(instance, { meterProvider });
    let isRunning = true;
    const sort =
      'SELECT h FROM (SELECT hash(range) AS h, repeat(range::VARCHAR, 3) AS x FROM range(4000000)) ORDER BY x';
    const query = connection.run(`CREATE TEMP TABLE sorted AS ${sort}`).finally(() => {
      isRunning = false;
    });
    let spilled = 0;
    while (isRunning) {
      const found = await collected();
      spilled = Math.max(spilled, total(found['duckdb.temporary_storage.usage']));
      if (found['duckdb.memory.usage'] !== undefined) {
        // What is being allocated may be counted before it is refused.
        expect(total(found['duckdb.memory.usage'])).toBeLessThanOrEqual(1.1 * 64 * 1024 ** 2);
      }
    }
    await query;
    expect(spilled).toBeGreaterThan(1_000_000);
  });

  it('adds up that of instances with one name', async () => {
    const other = await DuckDBInstance.create(':memory:', { memory_limit: '32MiB' });
    for (const each of [instance, other]) observeMemory(each, { meterProvider });
    expect((await collected())['duckdb.memory.limit']).toMatchObject([{ value: 96 * 1024 ** 2 }]);
    other.closeSync();
    expect((await collected())['duckdb.memory.limit']).toMatchObject([{ value: 64 * 1024 ** 2 }]);
  });

  it('is 0 after a stop', async () => {
    const observation = observeMemory(instance, { meterProvider });
    expect(total((await collected())['duckdb.memory.limit'])).toBeGreaterThan(0);
    observation.stop();
    const left = Object.values(await collected());
    expect(left.length).toBe(4);
    expect(left.map(total)).toEqual([0, 0, 0, 0]);
  });

  it('leaves a database that is closed and opened again while it is observed', async () => {
    const path = join(folder, 'again.duckdb');
    for (let rows = 0; rows < 20; rows += 1) {
      const own = await DuckDBInstance.create(path);
      const observation = observeMemory(own, { meterProvider });
      const writer = await own.connect();
      await writer.run('CREATE TABLE IF NOT EXISTS t (i INTEGER)');
      const found = await writer.runAndReadAll('SELECT count(*)::INTEGER FROM t');
      expect(found.getRows()).toEqual([[rows]]);
      await writer.run('INSERT INTO t VALUES (1)');
      const collecting = collected();
      if (rows % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      writer.closeSync();
      own.closeSync();
      void collecting.finally(() => observation.stop());
    }
  });

  it('needs an instance', () => {
    expect(() => observeMemory('x' as unknown as DuckDBInstance)).toThrow('instance is string; it must be');
  });
});

it.each([
  ['95.3 MiB', 99_929_293],
  ['512 bytes', 512],
  ['1 byte', 1],
  ['2.0 GiB', 2 * 1024 ** 3],
  ['90% of available disk space', undefined],
  ['16383.9 PiB', undefined],
])('%s are %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});
