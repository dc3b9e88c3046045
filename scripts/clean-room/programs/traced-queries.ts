/**
 * Queries of a traced connection, in a program with an SDK of OpenTelemetry of its own, with that of bootstrap, or with
 * both; and queries of a connection that the flag of Node.js or the instrumentation traces. Prints the spans. `MODE` says
 * which.
 */
import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { context, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { flush, traceConnection } from '@planscope/duckdb';
import { DuckDBInstrumentation } from '@planscope/duckdb/instrumentation';
import { renderSpanTree } from '@planscope/testing';

type Spans = Parameters<typeof renderSpanTree>[0][number][];

const spans: Spans = [];
const exporter = {
  export(batch: Spans, done: (result: { code: number }) => void): void {
    spans.push(...batch);
    done({ code: 0 });
  },
  shutdown: async (): Promise<void> => {},
};

function startSdk(instrumentations: DuckDBInstrumentation[] = []): NodeSDK {
  const sdk = new NodeSDK({ traceExporter: exporter, instrumentations });
  sdk.start();
  return sdk;
}

const { config } = resolveTracingConfig({ environment: {}, preset: 'maximal-no-data', explicit: { exporters: [] } });

/** How tracing starts, and ends, in each mode. */
const modes: Readonly<Record<string, () => () => Promise<void>>> = {
  sdk: () => {
    const sdk = startSdk();
    return () => sdk.shutdown();
  },
  register: () => {
    const sdk = startSdk();
    return () => sdk.shutdown();
  },
  instrumentation: () => {
    const sdk = startSdk([new DuckDBInstrumentation()]);
    return () => sdk.shutdown();
  },
  bootstrap: () => {
    const tracing = startTracing(config, { spanExporters: [exporter], warn: (message) => assert.fail(message) });
    assert.equal(tracing.registered, true);
    return () => tracing.shutdown();
  },
  'bootstrap-beside-sdk': () => {
    const sdk = startSdk();
    const warnings: string[] = [];
    const tracing = startTracing(config, { warn: (message) => warnings.push(message) });
    assert.deepEqual([tracing.existing, tracing.registered, warnings.length], [true, false, 1]);
    return async () => {
      assert.deepEqual(await tracing.flush(), { complete: true });
      await tracing.shutdown();
      await sdk.shutdown();
    };
  },
};

async function runQueries(): Promise<void> {
  const instance = await DuckDBInstance.create();
  const opened = await instance.connect();
  const connection = isTracedByItself ? opened : traceConnection(opened);
  await connection.run('CREATE TABLE airlines AS SELECT range AS id, range % 7 AS hub FROM range(1000)');
  await connection.runAndReadAll('SELECT hub, count(*) FROM airlines JOIN range(500) r ON id = r.range GROUP BY hub');
  await assert.rejects(connection.run('SELECT missing FROM airlines'));
  connection.closeSync();
  instance.closeSync();
}

const { MODE = '' } = process.env;
const isTracedByItself = MODE === 'register' || MODE === 'instrumentation';

export async function main(): Promise<void> {
  const end = modes[MODE]?.();
  assert(end, `MODE is one of ${Object.keys(modes).join(', ')}`);
  const request = trace.getTracer('shop').startSpan('request');
  await context.with(trace.setSpan(context.active(), request), runQueries);
  request.end();
  await flush();
  await end();
  console.log(renderSpanTree(spans, { attributes: ['planscope.span.kind', 'datafusion.metrics.output_rows', 'db.*'] }));
}
