import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, spanForest } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { traceTrino, trinoSchema } from '../../src/index.ts';
import type { TestCluster } from './test-cluster.ts';

const SQL = `SELECT n.name, count(*) AS customers FROM customer c JOIN nation n ON c.nationkey = n.nationkey
  WHERE n.regionkey = ? GROUP BY n.name`;

/** What the trace of a query has. */
export function testTraces(cluster: TestCluster): void {
  const traced = (options = {}) => {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const warnings: string[] = [];
    const trino = traceTrino({
      server: cluster.trino.server,
      user: 'ada',
      catalog: 'tpch',
      schema: 'tiny',
      tracerProvider,
      operatorsUnder: 'caller',
      warn: ({ code, message }) => warnings.push(`${code}: ${message}`),
      ...options,
    });
    return { recorder, trino, warnings };
  };

  describe('the trace of a query', () => {
    beforeAll(() => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    });
    afterAll(() => context.disable());

    it('has the planner, the stages, their tasks and their operators', async () => {
      const { recorder, trino, warnings } = traced({ planning: { mode: 'phase-only' } });
      const { rows } = await trino.run(SQL, { parameters: [3] });
      expect(rows).toHaveLength(5);
      await trino.flush();
      expect(warnings).toEqual([]);
      const spans = recorder.spans();
      assertTraceInvariants(spans, { schemas: [sharedSchema, trinoSchema] });
      expect(renderSpanTree(spans)).toMatchInlineSnapshot(`
        "SELECT customer nation → elsewhere
          queued ~engine_duration
          waiting ~engine_duration
          dispatching ~engine_duration
          analyze_logical_plan ~engine_duration
          optimize_logical_plan ~engine_duration
          stage
            task
            task
            ScanFilterProject ~observed_events
          stage → stage
            task
            task
            Aggregate ~observed_events
              InnerJoin ~observed_events
                Aggregate ~observed_events
                  ScanFilter ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events
          stage → stage
            task
            task
            Output ~observed_events
              Aggregate ~observed_events
                LocalExchange ~observed_events
                  RemoteSource ~observed_events"
      `);
      const query = spans.find(({ parentSpanContext }) => parentSpanContext === undefined);
      expect(query?.attributes).toMatchObject({
        'db.system.name': 'trino',
        'db.namespace': 'tpch|tiny',
        'db.operation.name': 'SELECT',
        'db.query.summary': 'SELECT customer nation',
        'db.response.returned_rows': 5,
        'server.address': '127.0.0.1',
        'planscope.run.status': 'ok',
      });
      expect(query?.attributes['planscope.partial']).toBeUndefined();
      expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toMatch(
        /EXECUTE IMMEDIATE/,
      );
    });

    it('is below the span of the caller', async () => {
      const { recorder, trino } = traced();
      const caller = recorder.tracerProvider.getTracer('test').startSpan('caller');
      await context.with(trace.setSpan(context.active(), caller), async () => {
        await trino.run('SELECT 1');
      });
      caller.end();
      await trino.flush();
      const [root, ...others] = spanForest(recorder.spans());
      expect([root?.span.name, others.length]).toEqual(['caller', 0]);
    });

    it('of another client is drawn by its id', async () => {
      const { recorder, trino } = traced();
      const { queryId } = await trino.run(SQL, { parameters: [2] });
      await trino.flush();
      const own = renderSpanTree(recorder.spans());
      recorder.clear();
      const report = await trino.traceQuery(queryId);
      expect(report).toMatchObject({ status: 'ok', queryId });
      expect(renderSpanTree(recorder.spans())).toBe(own);
    });

    it('continues in Trino, in one trace at a receiver of others', async () => {
      const { receiver } = cluster;
      const otlp = { endpoint: `${receiver.httpUrl}/v1/traces` };
      const { config } = resolveTracingConfig({ environment: {}, explicit: { exporters: ['otlp'], otlp } });
      const pipeline = startTracing(config, { register: 'never' });
      const { tracerProvider } = pipeline;
      const { trino } = traced({ tracerProvider, operatorsUnder: 'engine' });
      await trino.run(SQL, { parameters: [1] });
      // The pipeline waits for the report of the query.
      await pipeline.shutdown();
      // Trino exports its spans every five seconds.
      const spans = await vi.waitFor(
        () => {
          const all = receiver.spans();
          const own = all.findLast(({ name }) => name === 'SELECT customer nation');
          const found = all.filter(({ traceId }) => traceId === own?.traceId);
          expect(found.some(({ name }) => name === 'query')).toBe(true);
          return found;
        },
        { timeout: 60_000, interval: 3_000 },
      );
      const own = spans.find(({ name }) => name === 'SELECT customer nation');
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const above = (span: (typeof spans)[number] | undefined): string[] => {
        const parent = byId.get(span?.parentSpanId ?? '');
        return parent === undefined ? [] : [parent.name, ...above(parent)];
      };
      const query = spans.find(({ name }) => name === 'query');
      expect(above(query).at(-1)).toBe(own?.name);
      const operator = spans.find(({ name }) => name === 'InnerJoin');
      expect(above(operator)).toContain('query');
      expect(operator?.attributes).toHaveProperty(['datafusion.metrics.output_rows']);
    });

    it('is not there under an unsampled parent, nor in Trino', async () => {
      const { recorder, trino } = traced();
      const unsampled = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 };
      await context.with(trace.setSpanContext(context.active(), unsampled), () => trino.run('SELECT 1'));
      await trino.flush();
      expect(recorder.spans()).toEqual([]);
      expect(cluster.receiver.spans().filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
    });
  });
}
