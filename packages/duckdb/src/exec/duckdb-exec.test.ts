// A process of its own, since it measures memory: files share one if these options are the same.
// @vitest-environment-options { "process": "duckdb-exec" }
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Execution, ExecutionOutcome } from '@planscope/plan';
import type { RunningQuery } from '@planscope/semconv';
import type { Schema } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilesNode } from '../../test/files-node.ts';
import { FLIGHTS } from '../../test/flights.ts';
import { collect, flightsExec, metric, reportOf } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { runningQueries } from '../trace/running-queries.ts';
import { DuckDBExec, type ExecOutput, type ObjectWatch } from './duckdb-exec.ts';

const TEXAS = `SELECT origin, count(*) AS n FROM flights JOIN airports ON iata = origin
  WHERE state = 'TX' GROUP BY origin ORDER BY n DESC LIMIT 3`;

let session: DuckDBSession;
let folder: string;
beforeAll(async () => {
  session = await DuckDBSession.open();
  folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

describe('batches', () => {
  it('hold the rows, under the schema that was described', async () => {
    const node = await flightsExec(session, TEXAS, { recording: { warnings: false } });
    const context = taskContext();
    const { batches, outcome } = await collect(node.execute(0, context));
    expect(batches.flatMap((batch) => batch.toArray().map(String))).toEqual([
      '{"origin": "DFW", "n": 157162}',
      '{"origin": "IAH", "n": 64572}',
      '{"origin": "HOU", "n": 29366}',
    ]);
    expect(batches.map((batch) => String(batch.schema))).toEqual([String(node.schema)]);
    expect(outcome).toMatchObject({ status: 'ok', artifacts: [] });
    expect(context.warnings).toEqual([]);
  });

  it('are of the size asked for, and no row is lost', async () => {
    const node = await flightsExec(session, 'SELECT * FROM flights', {
      output: { kind: 'batches', batchRows: 400_000 },
    });
    const { batches, outcome } = await collect(node.execute(0, taskContext()));
    expect(batches.map((batch) => batch.numRows)).toEqual([...Array(7).fill(400_000), 200_000]);
    expect(metric(reportOf(outcome), 'output_rows')).toBe(3_000_000);
  });

  it('are those of a running query until the last one is read', async () => {
    const node = await flightsExec(session, 'SELECT * FROM flights LIMIT 4096', {
      output: { kind: 'batches', batchRows: 2048 },
    });
    const listed: RunningQuery[] = [];
    for await (const _ of node.execute(0, taskContext()).batches) listed.push(...runningQueries());
    const summary = 'SELECT flights airports';
    const query = { engine: 'duckdb', summary, operation: 'SELECT', seconds: expect.any(Number) };
    expect(listed).toEqual([query, query]);
    expect(runningQueries()).toEqual([]);
    for await (const _ of node.execute(0, taskContext()).batches) break;
    expect(runningQueries()).toEqual([]);
  });

  it('come from views, and a view can use the earlier ones', async () => {
    const views = [
      { name: 'late', sql: 'SELECT * FROM flights WHERE delay > 120 -- minutes' },
      { name: 'by_origin', sql: 'SELECT origin, count(*) AS n FROM late GROUP BY origin;' },
    ];
    const node = await flightsExec(session, 'SELECT sum(n)::INTEGER AS n FROM by_origin', { views });
    const { batches } = await collect(node.execute(0, taskContext()));
    const counted = await collect(
      (await flightsExec(session, 'SELECT count(*)::INTEGER AS n FROM flights WHERE delay > 120')).execute(
        0,
        taskContext(),
      ),
    );
    expect(batches.map(String)).toEqual(counted.batches.map(String));
  });

  it('wait for their consumer', async () => {
    const node = await flightsExec(session, 'SELECT * FROM flights');
    const execution = node.execute(0, taskContext());
    const iterator = execution.batches[Symbol.asyncIterator]();
    await iterator.next();
    const before = process.memoryUsage().rss;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
    await iterator.return?.();
  });
});

describe('a file', () => {
  it.each(['parquet', 'csv', 'json'] as const)('of %s holds every row, and says how many', async (format) => {
    const output = { kind: 'file', format, folder } as const;
    const node = await flightsExec(session, 'SELECT origin, delay FROM flights WHERE delay > 300', { output });
    const { outcome } = node.execute(0, taskContext());
    const [artifact] = (await outcome).artifacts;
    if (artifact === undefined) throw new Error('no artifact');
    const sql = 'SELECT count(*)::INTEGER AS n, sum(delay)::INTEGER AS delay FROM written';
    const paths = [artifact.path];
    const { schema } = await session.describe({ sql, inputs: [{ name: 'written', format, paths }] });
    const reader = new DuckDBExec({
      session,
      sql,
      schema,
      inputs: [{ name: 'written', format }],
      children: [new FilesNode(paths)],
    });
    const { batches } = await collect(reader.execute(0, taskContext()));
    const [row] = batches.flatMap((batch) => batch.toArray());
    expect(row?.toJSON()).toEqual({ n: artifact.rows, delay: 939_347 });
    expect(artifact).toMatchObject({ format, rows: 2151 });
    await artifact.dispose?.();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is written by an execution that yields no batches', async () => {
    const output = { kind: 'file', format: 'parquet', folder } as const;
    const node = await flightsExec(session, 'SELECT * FROM airports', { output });
    const { batches, outcome } = await collect(node.execute(0, taskContext()));
    expect(batches).toEqual([]);
    expect(outcome.artifacts[0]?.rows).toBe(3376);
    await outcome.artifacts[0]?.dispose?.();
  });
});

it('files for each value hold its rows, without the value', async () => {
  const output = { kind: 'partitioned', format: 'parquet', folder, partitionBy: ['part'] } as const;
  const part = "CASE delay % 3 WHEN 0 THEN NULL WHEN 1 THEN '__HIVE_DEFAULT_PARTITION__' ELSE '' END AS part";
  const node = await flightsExec(session, `SELECT delay, ${part} FROM flights WHERE delay > 300`, { output });
  const { artifacts, metrics } = await node.execute(0, taskContext()).outcome;
  expect(new Set(artifacts.map(({ partition }) => partition?.part))).toEqual(
    new Set([null, '', '__HIVE_DEFAULT_PARTITION__']),
  );
  expect(metrics.get('output_rows')).toBe(2151);
  for (const { path, partition, rows = 0, bytes } of artifacts) {
    expect((await stat(path)).size).toBe(bytes);
    const inputs = [{ name: 'written', format: 'parquet', paths: [path] }] as const;
    const [row] = await session.rows({ sql: 'SELECT count(*), min(delay % 3) FROM written', inputs });
    expect(Number(row?.[0])).toBe(rows);
    expect(Number(row?.[1])).toBe([null, '__HIVE_DEFAULT_PARTITION__', ''].indexOf(partition?.part as string));
  }
  for (const artifact of artifacts) await artifact.dispose?.();
  const none = await flightsExec(session, `SELECT delay, ${part} FROM flights WHERE delay > 9999`, { output });
  expect((await none.execute(0, taskContext()).outcome).artifacts).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

describe('a failure', () => {
  const failing = async (sql: string): Promise<{ thrown: unknown; outcome: ExecutionOutcome }> => {
    const described = await flightsExec(session, 'SELECT 1 AS one FROM flights, airports');
    const children = described.children;
    const node = new DuckDBExec({
      session,
      sql,
      schema: described.schema as Schema,
      inputs: [
        { name: 'flights', format: 'parquet' },
        { name: 'airports', format: 'csv' },
      ],
      children,
    });
    return settle(node.execute(0, taskContext()));
  };

  it.each([
    ['an unknown table', 'SELECT * FROM nowhere', /Catalog Error: Table with name nowhere does not exist/],
    ['a syntax error', 'SELEC 1', /Parser Error: syntax error/],
    ['a runtime error at once', `SELECT CAST(origin AS INTEGER) FROM flights`, /Conversion Error/],
  ])('of %s reaches the consumer as DuckDB threw it', async (_, sql, message) => {
    const { thrown, outcome } = await failing(sql);
    expect(thrown).toBeInstanceOf(Error);
    expect(String(thrown)).toMatch(message);
    expect(outcome).toMatchObject({ status: 'error', error: thrown });
    expect(reportOf(outcome)).toMatchObject({ status: 'error' });
  });

  it('after the first chunk is detected, although the driver hides it', async () => {
    const { thrown, outcome } = await failing(
      `SELECT CASE WHEN delay = 400 THEN error('boom') ELSE origin END FROM flights`,
    );
    expect(DuckDBError.isInstance(thrown) && thrown.code).toBe('lost-stream');
    expect(outcome).toMatchObject({ status: 'error', error: thrown });
    expect(metric(reportOf(outcome), 'output_rows')).toBeGreaterThan(0);
  });

  it.each(['batches', 'a file'])('of %s passes on once what the query saw, before it is explained', async (kind) => {
    const calls: string[] = [];
    const objects: ObjectWatch = {
      seen: () => void calls.push('seen'),
      explain: async (error) => {
        calls.push('explain');
        return error;
      },
    };
    const output: ExecOutput = kind === 'batches' ? { kind } : { kind: 'file', format: 'csv', folder };
    const node = await flightsExec(session, 'SELECT CAST(origin AS INTEGER) AS x FROM flights', { objects, output });
    expect((await settle(node.execute(0, taskContext()))).outcome.status).toBe('error');
    expect(calls).toEqual(['seen', 'explain']);
  });

  it('of a child fails the node', async () => {
    const error = new Error('no such object');
    const node = (await flightsExec(session, TEXAS)).withNewChildren([new FilesNode([], error), new FilesNode([])]);
    expect(await settle(node.execute(0, taskContext()))).toMatchObject({
      thrown: error,
      outcome: { status: 'error', error },
    });
  });

  it('of an input without files names the input', async () => {
    const node = (await flightsExec(session, TEXAS)).withNewChildren([new FilesNode([]), new FilesNode([])]);
    const { thrown } = await settle(node.execute(0, taskContext()));
    expect(DuckDBError.isInstance(thrown) && thrown.message).toContain('input "flights" has no file');
  });

  it('while a file is written leaves no file behind', async () => {
    const output = { kind: 'file', format: 'csv', folder } as const;
    const sql = `SELECT CASE WHEN delay = 400 THEN error('boom') ELSE origin END AS x FROM flights`;
    const node = await flightsExec(session, sql, { output });
    const outcome = await node.execute(0, taskContext()).outcome;
    expect(outcome).toMatchObject({ status: 'error', artifacts: [] });
    expect(String(outcome.error)).toContain('boom');
    expect(await readdir(folder)).toEqual([]);
  });

  it('of an invalid plan is thrown by the constructor', () => {
    expect(
      () => new DuckDBExec({ session, sql: 'SELECT 1', schema: {} as never, children: [new FilesNode([])] }),
    ).toThrow('0 inputs and 1 children');
  });
});

describe('an early end', () => {
  it('by the consumer is a cancellation and closes the files', async () => {
    for (let round = 0; round < 20; round++) {
      const node = await flightsExec(session, 'SELECT * FROM flights');
      const { batches, outcome } = node.execute(0, taskContext());
      for await (const _ of batches) break;
      expect((await outcome).status).toBe('cancelled');
      expect((await outcome).error).toBeUndefined();
      expect(await openFiles(FLIGHTS)).toBe(0);
    }
  });

  it('by the signal throws its reason', async () => {
    const controller = new AbortController();
    const node = await flightsExec(session, 'SELECT * FROM flights');
    const { batches, outcome } = node.execute(0, taskContext(controller.signal));
    const reason = new Error('enough');
    const pull = async (): Promise<void> => {
      for await (const _ of batches) controller.abort(reason);
    };
    await expect(pull()).rejects.toBe(reason);
    expect((await outcome).status).toBe('cancelled');
    expect(await openFiles(FLIGHTS)).toBe(0);
  });

  it('by the signal does not wait for DuckDB to finish', async () => {
    const controller = new AbortController();
    const node = await flightsExec(session, 'SELECT sum(a.delay * b.delay) AS s FROM flights a, flights b');
    const execution = node.execute(0, taskContext(controller.signal));
    const started = performance.now();
    setTimeout(() => controller.abort(), 100);
    expect((await settle(execution)).outcome.status).toBe('cancelled');
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('by the signal while a file is written removes the file', async () => {
    const controller = new AbortController();
    const output = { kind: 'file', format: 'csv', folder } as const;
    const node = await flightsExec(session, 'SELECT a.* FROM flights a, flights b', { output });
    const { outcome } = node.execute(0, taskContext(controller.signal));
    setTimeout(() => controller.abort(), 150);
    expect((await outcome).status).toBe('cancelled');
    expect(await readdir(folder)).toEqual([]);
  });

  it('by the session is an error, even for a consumer that pulls later', async () => {
    const own = await DuckDBSession.open();
    const node = await flightsExec(own, 'SELECT * FROM flights');
    const { batches, outcome } = node.execute(0, taskContext());
    const iterator = batches[Symbol.asyncIterator]();
    await iterator.next();
    await own.close();
    expect(await openFiles(FLIGHTS)).toBe(0);
    await expect(iterator.next()).rejects.toMatchObject({ code: 'session-closed' });
    expect((await outcome).status).toBe('error');
  });
});

async function settle(execution: Execution): Promise<{ thrown: unknown; outcome: ExecutionOutcome }> {
  const thrown = await collect(execution).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { thrown, outcome: await execution.outcome };
}

/** Number of descriptors that this process has open on a file. */
async function openFiles(path: string): Promise<number> {
  const links = await readdir('/proc/self/fd');
  const targets = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
  return targets.filter((target) => target === path).length;
}
