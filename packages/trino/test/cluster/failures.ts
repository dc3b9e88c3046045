import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { RunWarning } from '@planscope/plan/report';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, type RecordedSpan, type SpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { type TracedTrinoClient, TrinoQueryError, traceTrino, trinoSchema } from '../../src/index.ts';
import type { TestCluster } from './test-cluster.ts';

interface Traced {
  readonly recorder: SpanRecorder;
  readonly trino: TracedTrinoClient;
  readonly warnings: RunWarning[];
}

const LONG = `SELECT count(*) FROM tpch.sf10.lineitem a JOIN tpch.sf10.orders b ON a.orderkey = b.orderkey WHERE a.comment <> b.comment`;
/** Runs for minutes, in all nodes, and needs no memory. */
const LONG_SCAN = `SELECT count(*) FROM tpch.sf100.lineitem WHERE comment <> shipinstruct`;

/** Queries that end otherwise: their status, no open span, and the numbers until then. */
export function testFailures(cluster: TestCluster): void {
  const traced = (server: string, options = {}): Traced => {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const warnings: RunWarning[] = [];
    const warn = (warning: RunWarning): number => warnings.push(warning);
    const common = {
      user: 'ada',
      catalog: 'tpch',
      schema: 'tiny',
      tracerProvider,
      operatorsUnder: 'caller' as const,
      warn,
    };
    return { recorder, warnings, trino: traceTrino({ server, ...common, ...options }) };
  };
  /** The span of the query, after its trace is complete. */
  const ended = async ({ recorder, trino }: Traced): Promise<RecordedSpan | undefined> => {
    await trino.flush();
    expect(recorder.openSpans()).toBe(0);
    const spans = recorder.spans();
    assertTraceInvariants(spans, { schemas: [sharedSchema, trinoSchema] });
    return spans.find(({ parentSpanContext }) => parentSpanContext === undefined);
  };
  const attributesOf = (query: RecordedSpan | undefined) => ({
    status: query?.attributes['planscope.run.status'],
    code: query?.attributes['db.response.status_code'],
    error: query?.attributes['error.type'],
    partial: query?.attributes['planscope.partial'],
  });
  const cpu = 'planscope.metrics.cumulative_compute';

  describe('a query that fails', () => {
    it.each([
      ['by its syntax', 'SELECT nation FROM', 'SYNTAX_ERROR'],
      ['by a table that is not there', 'SELECT * FROM no_such_table', 'TABLE_NOT_FOUND'],
      ['by its data', "SELECT CAST(name || 'secret' AS integer) FROM nation", 'INVALID_CAST_ARGUMENT'],
    ])('%s', async (_, sql, code) => {
      const query = traced(cluster.trino.server);
      const error = await query.trino.run(sql).catch((thrown: unknown) => thrown);
      expect(TrinoQueryError.isInstance(error) && error.errorName).toBe(code);
      expect(attributesOf(await ended(query))).toEqual({ status: 'error', code, error: code, partial: true });
      expect(
        JSON.stringify(query.recorder.spans().map(({ attributes, events, status }) => [attributes, events, status])),
      ).not.toContain('secret');
      expect(query.warnings).toEqual([]);
    });

    it('because the queue is full', async () => {
      const query = traced(cluster.trino.server);
      const { trino } = traced(cluster.trino.server, { report: false });
      const controller = new AbortController();
      const { signal } = controller;
      const running = [0, 1].map(() => trino.query('SELECT * FROM tpch.sf100.lineitem', { signal }));
      await Promise.all(running);
      const waiting = trino.query('SELECT * FROM nation', { signal }).catch((error: Error) => error.message);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await expect(query.trino.run('SELECT 1')).rejects.toMatchObject({ errorName: 'QUERY_QUEUE_FULL' });
      controller.abort(new Error('enough'));
      expect(await waiting).toBe('enough');
      const code = 'QUERY_QUEUE_FULL';
      expect(attributesOf(await ended(query))).toMatchObject({ status: 'error', code, error: code });
    });

    it('because an administrator kills it', async () => {
      const query = traced(cluster.trino.server);
      const result = await query.trino.query('SELECT * FROM tpch.sf100.lineitem');
      const rows = result[Symbol.asyncIterator]();
      await rows.next();
      const admin = traced(cluster.trino.server, { report: false }).trino;
      await admin.run(`CALL system.runtime.kill_query(query_id => '${result.queryId}', message => 'enough')`);
      await expect(async () => {
        while ((await rows.next()).done !== true);
      }).rejects.toMatchObject({ errorName: 'ADMINISTRATIVELY_KILLED' });
      const span = await ended(query);
      expect(attributesOf(span)).toMatchObject({ status: 'error', code: 'ADMINISTRATIVELY_KILLED', partial: true });
      expect(span?.attributes[cpu]).toBeGreaterThan(0);
      expect(span?.attributes['db.response.returned_rows']).toBeGreaterThan(0);
    });

    it('because the program cancels it', async () => {
      const query = traced(cluster.trino.server);
      const controller = new AbortController();
      const running = query.trino.run(LONG, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 3_000);
      await expect(running).rejects.toThrow('enough');
      const span = await ended(query);
      expect(attributesOf(span)).toEqual({
        status: 'cancelled',
        code: 'USER_CANCELED',
        error: undefined,
        partial: true,
      });
      const operators = query.recorder
        .spans()
        .filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator');
      expect(operators.length).toBeGreaterThan(2);
    });

    it('because the server is gone', async () => {
      const proxy = await proxyTo(new URL(cluster.trino.server));
      const query = traced(proxy.url, { retryFor: 500, reportTimeout: 1_000 });
      const result = await query.trino.query('SELECT * FROM tpch.sf100.lineitem');
      let rows = 0;
      await expect(async () => {
        for await (const row of result) {
          rows += row.length > 0 ? 1 : 0;
          if (rows === 5_000) proxy.close();
        }
      }).rejects.toMatchObject({ code: 'unreachable' });
      const span = await ended(query);
      expect(attributesOf(span)).toEqual({
        status: 'error',
        code: undefined,
        error: 'TrinoClientError',
        partial: true,
      });
      // What the client saw, and what the last page said: the cluster counts in steps of a second.
      expect(span?.attributes['db.response.returned_rows']).toBeGreaterThanOrEqual(5_000);
      expect(span?.attributes[cpu]).toBeGreaterThanOrEqual(0);
      expect(query.warnings.map(({ code }) => code)).toEqual(['trino-report-missing']);
      await traced(cluster.trino.server, { report: false }).trino.kill(String(span?.attributes['trino.query.id']));
    });

    // Last: the cluster is left without the worker, whose successor would take half a minute to start for no one.
    it('because a worker is gone', async () => {
      const query = traced(cluster.trino.server);
      const running = query.trino.run(LONG_SCAN).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      const [worker = ''] = cluster.trino.workers;
      await cluster.trino.kill(worker);
      const error = await running;
      expect(TrinoQueryError.isInstance(error) && error.errorName).toMatch(
        /^(REMOTE_HOST_GONE|REMOTE_TASK_\w+|PAGE_TRANSPORT_\w+|TOO_MANY_REQUESTS_FAILED)$/,
      );
      const span = await ended(query);
      expect(attributesOf(span)).toMatchObject({ status: 'error', partial: true });
      expect(span?.attributes[cpu]).toBeGreaterThan(0);
    });
  });
}

/** A way to the server that can be cut. */
async function proxyTo(server: URL): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const proxy = createServer((incoming) => {
    const outgoing = connect(Number(server.port), server.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
