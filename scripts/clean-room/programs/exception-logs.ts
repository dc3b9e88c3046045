/** A failed query of a program with an SDK of OpenTelemetry that also takes logs: the exception is a log record. */
import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { flush, traceConnection } from '@planscope/duckdb';

process.env.OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN = 'logs';

interface FailedSpan {
  readonly events: readonly { readonly name: string }[];
  readonly attributes: object;
  spanContext(): { readonly spanId: string };
}

interface ExceptionRecord {
  readonly eventName?: string | undefined;
  readonly severityNumber?: number | undefined;
  readonly instrumentationScope: { readonly name: string };
  readonly spanContext?: { readonly spanId: string } | undefined;
  readonly attributes: object;
}

const spans: FailedSpan[] = [];
const records: ExceptionRecord[] = [];
const noop = async (): Promise<void> => {};

export async function main(): Promise<void> {
  const sdk = new NodeSDK({
    traceExporter: {
      export(batch: FailedSpan[], done) {
        spans.push(...batch);
        done({ code: 0 });
      },
      shutdown: noop,
    },
    logRecordProcessors: [
      { onEmit: (record: ExceptionRecord) => void records.push(record), forceFlush: noop, shutdown: noop },
    ],
    instrumentations: [],
  });
  sdk.start();
  const instance = await DuckDBInstance.create();
  const connection = traceConnection(await instance.connect());
  await assert.rejects(connection.run("SELECT missing FROM range(3) WHERE 'secret' = 'x'"));
  connection.closeSync();
  instance.closeSync();
  await flush();
  await sdk.shutdown();

  const failed = spans.find(({ attributes }) => 'error.type' in attributes);
  assert.deepEqual(failed?.events, []);
  assert.equal(records.length, 1);
  const [record] = records;
  assert.equal(record?.eventName, 'db.client.operation.exception');
  assert.equal(record?.severityNumber, 13);
  assert.equal(record?.instrumentationScope.name, '@planscope/duckdb');
  assert.equal(record?.spanContext?.spanId, failed?.spanContext().spanId);
  const { 'exception.type': type, ...texts } = { ...record?.attributes } as Record<string, unknown>;
  assert.equal(type, 'BinderError');
  assert.match(String(texts['exception.message']), /^Binder Error: /);
  assert.doesNotMatch(JSON.stringify(texts), /secret/);
}
