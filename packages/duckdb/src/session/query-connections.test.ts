import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QueryConnections, type QueryConnectionsOptions } from './query-connections.ts';

let instance: DuckDBInstance;
beforeEach(async () => {
  instance = await DuckDBInstance.create();
});
afterEach(() => instance.closeSync());

function connectionsOf(options: Partial<QueryConnectionsOptions> = {}): QueryConnections {
  return new QueryConnections({
    instance,
    log: undefined,
    events: [],
    refusal: undefined,
    temporaryFolder: undefined,
    confined: false,
    ...options,
  });
}

it('reuses a connection for the next query of the same kind', async () => {
  const connections = connectionsOf();
  const profiled = await connections.take(true);
  await profiled.measured.startProfiling(profiled.connection);
  connections.release(profiled, true);
  const other = await connections.take(false);
  expect(other).not.toBe(profiled);
  expect(await connections.take(true)).toBe(profiled);
  connections.release(other, true);
  expect(await connections.take(false)).toBe(other);
  for (const used of [profiled, other]) connections.release(used, false);
  connections.close();
});

it('does not reuse a connection that a query has changed', async () => {
  const connections = connectionsOf();
  const used = await connections.take(false);
  connections.release(used, false);
  const next = await connections.take(false);
  expect(next).not.toBe(used);
  connections.release(next, false);
});

it('does not reuse a connection whose profiler failed, so that the next query tries again', async () => {
  const connections = connectionsOf({ temporaryFolder: '/nowhere' });
  const used = await connections.take(true);
  await used.measured.startProfiling(used.connection);
  expect(used.measured.profiling).toBe('no-file');
  connections.release(used, true);
  const next = await connections.take(true);
  expect(next).not.toBe(used);
  connections.release(next, false);
});
