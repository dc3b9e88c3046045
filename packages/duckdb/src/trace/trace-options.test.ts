import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { presets } from '@planscope/config';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { traceConnection } from './trace-connection.ts';
import {
  type QueryOptions,
  type QueryPreset,
  queryPresets,
  type TraceConnectionOptions,
  withQueryOptions,
} from './trace-options.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create();
  connection = await traced({});
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

const traced = async (options: TraceConnectionOptions): Promise<DuckDBConnection> =>
  traceConnection(await instance.connect(), { tracerProvider, ...options });
const query = (options: QueryOptions, on = connection): Promise<unknown> =>
  withQueryOptions(options, () => on.run('SELECT i FROM range(10) t(i) WHERE i > 3'));
/** The number of spans of each kind. */
function kinds(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { attributes } of recorder.spans()) {
    const kind = String(attributes['planscope.span.kind']);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

it('have the same settings as the presets of Planscope', () => {
  const said = Object.entries(presets).map(([name, preset]) => {
    const { enabled, recordMetrics, ruleMode, instrumentObjectStore: io } = preset;
    return [name, { skip: enabled === false, recordMetrics, ruleMode, io }];
  });
  expect(queryPresets).toEqual(Object.fromEntries(said));
});

it('record every rule, only phases, or nothing', async () => {
  await query({ preset: 'maximal' });
  const { rule, ...others } = kinds();
  expect(rule).toBeGreaterThan(5);
  recorder.clear();
  await query({ preset: 'maximal-no-data' });
  expect(kinds()).toEqual({ rule, ...others });
  recorder.clear();
  await query({ preset: 'production-lean' });
  expect(kinds()).toEqual(others);
  expect(others).toMatchObject({ query: 1, phase: 3 });
  recorder.clear();
  await query({ preset: 'off' });
  expect(recorder.spans()).toEqual([]);
});

it('override the options of the connection, but not the other options of the call', async () => {
  const lean = await traced({ planning: { optimizer: 'disabled' }, operators: { recordMetrics: false } });
  await query({ preset: 'maximal' }, lean);
  expect(kinds().rule).toBeGreaterThan(5);
  expect(recorder.spans().some(({ attributes }) => 'datafusion.metrics.output_rows' in attributes)).toBe(true);
  recorder.clear();
  await query({ preset: 'maximal', profile: false }, lean);
  expect(kinds()).toEqual({ query: 1 });
  recorder.clear();
  await query({ preset: 'maximal', skip: true }, lean);
  expect(recorder.spans()).toEqual([]);
  lean.closeSync();
});

it('with an unknown name throw before anything runs', () => {
  const call = vi.fn();
  expect(() => withQueryOptions({ preset: 'lean' as QueryPreset }, call)).toThrow(
    '[planscope/duckdb] preset is "lean"; use one of maximal, maximal-no-data, production-lean, off',
  );
  expect(call).not.toHaveBeenCalled();
});
