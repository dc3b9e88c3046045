import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DuckDBError, duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine, type Engine } from './engine.ts';
import type { RunResult } from './run-result.ts';

const schemas = [sharedSchema, duckdbSchema];
const ROWS = 3_000_000;
const FAILING = `SELECT CASE WHEN range = 2500000 THEN error('boom') ELSE range END AS n FROM range(${ROWS})`;
const WHOLE = `SELECT range AS n FROM range(${ROWS})`;

type Meddle = (connection: DuckDBConnection) => unknown;

const connections: DuckDBConnection[] = [];
const connect = DuckDBInstance.prototype.connect;
const recorder = createSpanRecorder();
let engine: Engine | undefined;
let ended: RunResult[];

beforeEach(() => {
  recorder.clear();
  ended = [];
  vi.spyOn(DuckDBInstance.prototype, 'connect').mockImplementation(async function (this: DuckDBInstance) {
    const connection = await connect.call(this);
    connections.push(connection);
    return connection;
  });
});

afterEach(async () => {
  await engine?.close();
  vi.restoreAllMocks();
});

async function openEngine(preset: 'production-lean' | 'off'): Promise<Engine> {
  engine = await createEngine({
    tracing: { preset },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    onRunEnd: (result) => ended.push(result),
  });
  return engine;
}

/** Returns the error of a stream after `meddle` was called with its connection after the first batch. */
async function pull(open: Engine, sql: string, meddle?: Meddle): Promise<unknown> {
  const { batches } = await open.stream({ sql });
  let meddled = false;
  try {
    for await (const _ of batches) {
      if (!meddled) await meddle?.(connections.at(-1) as DuckDBConnection);
      meddled = true;
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectLost(error: unknown): void {
  expect(DuckDBError.isInstance(error) && error.code).toBe('lost-stream');
}

describe.each(['production-lean', 'off'] as const)('under %s, a result that DuckDB cut short', (preset) => {
  it.each<[string, string, Meddle?]>([
    ['by an error after the first rows', FAILING],
    ['by an interrupt', WHOLE, (connection) => connection.interrupt()],
    ['by another query on its connection', WHOLE, (connection) => connection.run('SELECT 1')],
  ])('%s is thrown by the stream', async (_, sql, meddle) => {
    expectLost(await pull(await openEngine(preset), sql, meddle));
    expect(ended.map(({ status, outputs }) => [status, outputs])).toEqual([['error', []]]);
    assertTraceInvariants(recorder.spans(), { schemas });
    const failed = recorder.spans().filter(({ attributes }) => attributes['error.type'] === 'DuckDBError');
    expect(failed.map(({ name }) => name).sort()).toEqual(preset === 'off' ? [] : ['DuckDBExec', 'planscope.execute']);
  });

  it('fails a run that collects its rows', async () => {
    const spec = {
      version: 1,
      views: [{ name: 'v', sql: FAILING }],
      outputs: [{ name: 'out', from: 'v' }],
    } as const;
    const error = await (await openEngine(preset)).run(spec).catch((thrown: unknown) => thrown);
    expectLost(error);
    expect(ended.map(({ status }) => status)).toEqual(['error']);
  });

  it('is not reported for a complete result', async () => {
    expect(await pull(await openEngine(preset), WHOLE)).toBeUndefined();
    expect(ended.map(({ status, outputs }) => [status, outputs[0]?.rows])).toEqual([['ok', ROWS]]);
  });
});
