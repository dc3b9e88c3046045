import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine, type Engine, type ExecutionSpec, SpecError } from '@planscope/engine';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { TrinoQueryError, trinoSchema } from '@planscope/trino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RecordedCluster, recordedAnswers, startRecordedCluster } from './recorded-cluster.ts';
import { recordedRuns } from './recorded-runs.ts';
import { valuesOf } from './values-of.ts';

const schemas = [sharedSchema, trinoSchema];

async function engineOn(name: string) {
  const cluster = await startRecordedCluster(recordedAnswers(name));
  onTestFinished(() => cluster.close());
  const recorder = createSpanRecorder();
  const engine = await createEngine({
    engine: 'trino',
    trino: { server: cluster.server, user: 'planscope', catalog: 'tpch', schema: 'tiny' },
    tracing: { preset: 'maximal-no-data' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
  });
  onTestFinished(() => engine.close());
  return { cluster, recorder, engine };
}

function runOf(name: string): (typeof recordedRuns)[string] {
  const run = recordedRuns[name];
  if (run === undefined) throw new RangeError(name);
  return run;
}

/** The statements that were sent, without the queries for columns. */
function statements({ requests }: RecordedCluster): string[] {
  return requests.flatMap(({ call, body }) => (call.startsWith('POST') && !body.includes('LIMIT 0') ? [body] : []));
}

describe('a run on a recorded cluster', () => {
  it('returns the rows, writes the table and says what it did', async () => {
    const { cluster, engine, recorder } = await engineOn('rows-and-table');
    const { spec, options } = runOf('rows-and-table');
    const result = await engine.run(spec, options);
    expect(statements(cluster)).toMatchInlineSnapshot(`
      [
        "SELECT version()",
        "EXPLAIN (TYPE VALIDATE) CREATE TABLE "memory"."default"."large_regions" AS
      SELECT CAST(NULL AS varchar(25)) AS "name", CAST(NULL AS bigint) AS "nations", CAST(NULL AS decimal(6, 2)) AS "share"",
        "EXECUTE IMMEDIATE 'WITH "nation" AS (
      SELECT * FROM "tpch"."tiny"."nation"
      ), "region" AS (
      SELECT * FROM "tpch"."tiny"."region"
      ), "sizes" AS (
      SELECT regionkey, count(*) AS nations FROM nation GROUP BY regionkey
      )
      SELECT r.name, s.nations, CAST(s.nations AS decimal(6, 2)) AS share
                      FROM sizes s JOIN region r USING (regionkey)
                      WHERE s.nations >= ? AND r.name <> ''ASIA'' ORDER BY r.name DESC' USING CAST('5' AS bigint)",
        "EXECUTE IMMEDIATE 'CREATE TABLE "memory"."default"."large_regions" AS
      WITH "nation" AS (
      SELECT * FROM "tpch"."tiny"."nation"
      ), "region" AS (
      SELECT * FROM "tpch"."tiny"."region"
      ), "sizes" AS (
      SELECT regionkey, count(*) AS nations FROM nation GROUP BY regionkey
      )
      SELECT r.name, s.nations, CAST(s.nations AS decimal(6, 2)) AS share
                      FROM sizes s JOIN region r USING (regionkey)
                      WHERE s.nations >= ? AND r.name <> ''ASIA'' ORDER BY r.name DESC' USING CAST('5' AS bigint)",
      ]
    `);
    const [large, stored] = result.outputs;
    expect(large?.schema?.fields.map(String)).toMatchInlineSnapshot(`
      [
        "name: Utf8",
        "nations: Int64",
        "share: Decimal[6e+2]",
      ]
    `);
    expect(valuesOf(large?.batches ?? [])).toEqual([
      ['MIDDLE EAST', 5n, '5'],
      ['EUROPE', 5n, '5'],
      ['AMERICA', 5n, '5'],
      ['AFRICA', 5n, '5'],
    ]);
    expect(stored).toEqual({ name: 'stored', rows: 4 });
    expect(result).toMatchObject({ status: 'ok', planReused: false, warnings: [] });
    for (const identity of ['specHash', 'envelopeHash', 'rulepackFingerprint', 'planFingerprint'] as const) {
      expect(result[identity]).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(result.summary.outputRows).toEqual({ value: 8, source: 'counted' });
    expect(recorder.openSpans()).toBe(0);
    const spans = recorder.spans();
    assertTraceInvariants(spans, { schemas, secrets: ['ASIA'] });
    const above = spans.filter(({ attributes }) => attributes['planscope.planner'] !== 'trino');
    expect(renderSpanTree(above)).toMatchInlineSnapshot(`
      "planscope.execute
        analyze_logical_plan
          resolve_names (modified)
          resolve_inputs
          resolve_schemas (modified)
        optimize_logical_plan
          prune_unused
          share_common_inputs
        create_physical_plan
        optimize_physical_plan
          instrument_execution
        TrinoExec
          queued ~engine_duration
          waiting ~engine_duration
          dispatching ~engine_duration
          stage
            task
            Aggregate ~observed_events
              TableScan ~observed_events
          stage → stage
            task
            Filter ~observed_events
              Aggregate ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events
          stage → stage
            task
            Project ~observed_events
              InnerJoin ~observed_events
                ScanFilter ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events
          stage → stage
            task
            LocalMerge ~observed_events
              PartialSort ~observed_events
                RemoteSource ~observed_events
          stage → stage
            task
            Output ~observed_events
              RemoteMerge ~observed_events
        TrinoExec
          queued ~engine_duration
          waiting ~engine_duration
          dispatching ~engine_duration
          stage
            task
            Aggregate ~observed_events
              TableScan ~observed_events
          stage → stage
            task
            Filter ~observed_events
              Aggregate ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events
          stage → stage
            task
            Project ~observed_events
              InnerJoin ~observed_events
                ScanFilter ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events
          stage → stage
            task
            TableWriter ~observed_events
              LocalExchange ~observed_events
                RemoteSource ~observed_events
          stage → stage
            task
            Output ~observed_events
              TableCommit ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events"
    `);
  });

  it('has the plan with the statement, without its literals', async () => {
    const { engine } = await engineOn('rows-and-table');
    const { spec, options } = runOf('rows-and-table');
    const { plan } = await engine.run(spec, options);
    const json = JSON.stringify(plan?.toJSON());
    expect(json).toContain('TrinoExec');
    expect(json).not.toContain('ASIA');
  });

  it.each([
    ['unknown-column', 'invalid-sql', 'views[0].sql', "Column 'nope' cannot be resolved"],
    ['missing-table', 'input-not-found', 'inputs[0].table', "Table 'tpch.tiny.nations' does not exist"],
    ['table-exists', 'invalid-spec', 'outputs[0].mode', 'there is a table tpch.tiny.region already; use "append"'],
  ])('refuses the specification before any work: %s', async (name, code, field, text) => {
    const { cluster, engine, recorder } = await engineOn(name);
    const failure = await engine.run(runOf(name).spec).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpecError);
    expect(failure).toMatchObject({ code, field, message: expect.stringContaining(text) });
    expect(statements(cluster).filter((sql) => !/^(?:EXPLAIN|SELECT version)/.test(sql))).toEqual([]);
    expect(recorder.openSpans()).toBe(0);
    assertTraceInvariants(recorder.spans(), { schemas, secrets: ['secret-value'] });
  });

  it('throws the error of a query as Trino gave it', async () => {
    const { engine, recorder } = await engineOn('failing-query');
    const failure = await engine.run(runOf('failing-query').spec).catch((error: unknown) => error);
    expect(TrinoQueryError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ errorName: 'DIVISION_BY_ZERO', message: 'Division by zero' });
    expect(recorder.openSpans()).toBe(0);
    assertTraceInvariants(recorder.spans(), { schemas });
    const [root] = recorder.spans().filter(({ name }) => name === 'planscope.execute');
    expect(root?.attributes).toMatchObject({ 'planscope.run.status': 'error' });
  });
});

describe('what Trino cannot do', () => {
  const table = { name: 'a', table: 'nation' };
  const out = { name: 'o', from: 'a' };
  it.each<[string, Partial<ExecutionSpec>]>([
    ['inputs[0].location', { inputs: [{ name: 'a', location: 's3://bucket/a.parquet' }] }],
    ['inputs[0].access', { inputs: [{ ...table, access: 'fetch' }] }],
    ['outputs[0].location', { outputs: [{ ...out, location: 'out/a.parquet' }] }],
    ['outputs[0].format', { outputs: [{ ...out, format: 'parquet' }] }],
    ['outputs[0].partitionBy', { outputs: [{ ...out, table: 'b', partitionBy: ['x'] }] }],
    ['outputs[0].mode', { outputs: [{ ...out, table: 'b', mode: 'overwrite' }] }],
  ])('is an error before any request: %s', async (field, part) => {
    const { cluster, engine } = await engineOn('missing-table');
    const before = cluster.requests.length;
    const failure = await engine.run({ version: 1, inputs: [table], outputs: [out], ...part }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'unsupported-by-engine', field });
    expect(cluster.requests).toHaveLength(before);
  });

  it.each([
    ['parameters.x', 'SELECT $x', { x: { type: 'no type;', value: 1 } }],
    ['views[0].sql', 'SELECT $x', {}],
    ['parameters.y', 'SELECT $x', { x: 1, y: 2 }],
  ])('is checked for parameters, too: %s', async (field, sql, parameters) => {
    const { cluster, engine } = await engineOn('missing-table');
    const before = cluster.requests.length;
    await expect(engine.stream({ sql }, { parameters })).rejects.toMatchObject({ code: 'invalid-parameter', field });
    expect(cluster.requests).toHaveLength(before);
  });

  it('is said by DuckDB of tables of a catalog', async () => {
    const engine = await createEngine({ environment: {} });
    onTestFinished(() => engine.close());
    const run = (spec: Partial<ExecutionSpec>): Promise<unknown> =>
      engine.run({ version: 1, inputs: [], outputs: [out], ...spec }).catch((error: unknown) => error);
    expect(await run({ inputs: [table] })).toMatchObject({ code: 'unsupported-by-engine', field: 'inputs[0].table' });
    const views = [{ name: 'a', sql: 'SELECT 1 AS x' }];
    const stored = await run({ views, outputs: [{ ...out, table: 'b' }] });
    expect(stored).toMatchObject({ code: 'unsupported-by-engine', field: 'outputs[0].table' });
  });
});

describe('an engine on Trino', () => {
  it('needs to know the cluster', async () => {
    await expect(createEngine({ engine: 'trino' })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'invalid-option',
    });
    const unknown = createEngine({ engine: 'spark' as 'trino' });
    await expect(unknown).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('"spark"'),
    });
  });

  it.each([
    ['the signal of the run', async (_engine: Engine, abort: AbortController) => abort.abort(new Error('too late'))],
    ['closing the engine', async (engine: Engine) => engine.close()],
  ])('ends the query in the cluster with %s', async (_, stop) => {
    const { server, deleted } = await startEndlessCluster();
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const engine = await createEngine({
      engine: 'trino',
      trino: { server, user: 'planscope', reportTimeout: 100 },
      environment: {},
      tracerProvider,
    });
    const abort = new AbortController();
    const { batches, result } = await engine.stream({ sql: 'SELECT 1 AS x' }, { signal: abort.signal });
    const first = await batches.next();
    expect(first.value?.numRows).toBe(1);
    await stop(engine, abort);
    expect((await result).status).toBe('cancelled');
    expect(await deleted).toMatch(/^\/next\//);
    await engine.close();
    expect(recorder.openSpans()).toBe(0);
  });
});

/** A coordinator whose queries give one row and never end. Queries for columns and for the version end. */
async function startEndlessCluster(): Promise<{ readonly server: string; readonly deleted: Promise<string> }> {
  let tell: (path: string) => void = () => {};
  const deleted = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const columns = [{ name: 'x', type: 'integer', typeSignature: { rawType: 'integer', arguments: [] } }];
  const server = createServer(async (request, response) => {
    const { method, url = '' } = request;
    let body = '';
    for await (const chunk of request) body += chunk;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = (page: object, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'query_1', stats: { state: 'RUNNING' }, ...page }));
    };
    if (method === 'DELETE') {
      tell(url);
      answer({}, 204);
    } else if (body.includes('version()')) answer({ columns, data: [[483]] });
    else if (body.includes('LIMIT 0')) answer({ columns });
    else if (method === 'POST') answer({ columns, data: [[1]], nextUri: `${origin}/next/1` });
    else if (url.startsWith('/next/')) setTimeout(() => answer({ columns, nextUri: `${origin}/next/1` }), 20);
    else answer({}, 410);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deleted };
}
