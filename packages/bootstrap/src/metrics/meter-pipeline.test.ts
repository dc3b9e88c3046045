import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingConfigInput } from '@planscope/config';
import { sharedMetrics } from '@planscope/semconv';
import { expect, test } from 'vitest';
import { closedPort } from '../../test/support/closed-port.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { startTracing } from '../start-tracing.ts';

class ManualReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** Collects the metrics of the pipeline as `name{attributes} = value`. */
function meter() {
  const reader = new ManualReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    meterProvider,
    async collect(): Promise<string[]> {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => {
            const definition = sharedMetrics.find(({ name }) => name === descriptor.name);
            expect(definition?.attributes).toEqual(expect.arrayContaining(Object.keys(attributes)));
            expect(definition?.unit).toBe(descriptor.unit);
            const name = descriptor.name.replace('planscope.pipeline.spans.', '');
            return `${name} ${Object.values(attributes).join(' ')}: ${value}`;
          }),
        );
    },
  };
}

test('what is pending, exported and dropped is measured, what shutdown leaves too, and a new pipeline counts on', async () => {
  const { meterProvider, collect } = meter();
  const endpoint = `http://127.0.0.1:${await closedPort()}`;
  const policy: TracingConfigInput = { exportPolicy: { maxQueueSize: 10, maxExportBatchSize: 10 } };
  const begin = (exporters: ('otlp' | 'log')[]) => {
    const config = tracingConfig({ ...policy, exporters, otlp: { endpoint }, log: { path: '/dev/null' } });
    return startTracing(config, { register: 'never', meterProvider, warn: () => {} });
  };

  const first = begin(['otlp', 'log']);
  for (let index = 0; index < 15; index += 1) first.tracerProvider.getTracer('test').startSpan('span').end();
  await first.flush(20);
  expect(await collect()).toEqual([
    'pending otlp: 10',
    'pending log: 0',
    'made otlp: 15',
    'made log: 15',
    'exported log: 10',
    'dropped otlp queue_full: 5',
    'dropped log queue_full: 5',
  ]);
  await first.shutdown(0);
  expect(await collect()).toEqual(expect.arrayContaining(['made otlp: 15', 'dropped otlp deadline: 10']));

  const second = begin(['log']);
  second.tracerProvider.getTracer('test').startSpan('span').end();
  await second.shutdown();
  expect(await collect()).toEqual(expect.arrayContaining(['made log: 16', 'exported log: 11']));
  await meterProvider.shutdown();
});

test('what an exporter of the program calls exported is measured as unconfirmed', async () => {
  const { meterProvider, collect } = meter();
  const handle = startTracing(tracingConfig({ exporters: [] }), {
    register: 'never',
    meterProvider,
    spanExporters: [new InMemorySpanExporter()],
  });
  handle.tracerProvider.getTracer('test').startSpan('span').end();
  await handle.shutdown();
  expect(await collect()).toEqual(['made InMemorySpanExporter: 1', 'unconfirmed InMemorySpanExporter: 1']);
  await meterProvider.shutdown();
});
