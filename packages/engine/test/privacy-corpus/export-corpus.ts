import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { resolveTracingConfig, type TracingConfigInput } from '@planscope/config';
import type { SpanRecorder } from '@planscope/testing';
import { vi } from 'vitest';
import { createExporters } from '../../../bootstrap/src/create-exporters.ts';
import { meterPipeline } from '../../../bootstrap/src/metrics/meter-pipeline.ts';
import { TracePipeline } from '../../../bootstrap/src/queue/trace-pipeline.ts';
import { type Protocol, startReceiver } from './receiver.ts';

type Spans = ReturnType<SpanRecorder['spans']>;

/** What the exporters make of some spans. */
export interface Exported {
  /** Each destination with every byte that came there, one character a byte. */
  readonly destinations: ReadonlyMap<string, string>;
  /** Requests in OTLP JSON, as the exporter for files writes them. */
  readonly requests: readonly string[];
}

type ExporterName = NonNullable<TracingConfigInput['exporters']>[number];

/** Together every exporter and every protocol. */
const PIPELINES: readonly { readonly protocol: Protocol; readonly exporters: readonly ExporterName[] }[] = [
  { protocol: 'http/protobuf', exporters: ['otlp', 'file', 'log', 'console'] },
  { protocol: 'http/json', exporters: ['otlp'] },
  { protocol: 'grpc', exporters: ['otlp'] },
];

/** Sends recorded spans through every exporter, by the pipeline that programs have. */
export async function exportEverywhere(spans: Spans, parent: string): Promise<Exported> {
  const folder = await mkdtemp(join(parent, 'exported-'));
  const destinations = new Map<string, string>();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const said = await listened(async () => {
    for (const { protocol, exporters } of PIPELINES) {
      const receiver = await startReceiver(protocol);
      const { config } = resolveTracingConfig({
        explicit: {
          exporters: [...exporters],
          file: { path: join(folder, 'spans.jsonl') },
          log: { path: join(folder, 'log.jsonl') },
          otlp: { endpoint: receiver.url, protocol, compression: protocol === 'http/json' ? 'none' : 'gzip' },
          exportPolicy: { maxQueueSize: spans.length + 1 },
        },
        environment: {},
      });
      const pipeline = new TracePipeline(createExporters(config, console.warn), config.exportPolicy, 60_000);
      const stopMetering = meterPipeline(meterProvider, () => pipeline.stats());
      for (const span of spans) pipeline.onEnd(span);
      await pipeline.shutdown();
      stopMetering();
      await receiver.stop();
      for (const { exporter, exported } of pipeline.stats()) {
        if (exported !== spans.length) throw new Error(`${exporter} exported ${exported} of ${spans.length} spans`);
      }
      destinations.set(`otlp over ${protocol}`, receiver.bodies.join('\n'));
    }
  });
  await meterProvider.forceFlush();
  destinations.set('metrics of the pipelines', JSON.stringify(metrics.getMetrics()));
  await meterProvider.shutdown();
  destinations.set('console, and all that is said', said);
  const [lines = '', log = ''] = await Promise.all(
    ['spans.jsonl', 'log.jsonl'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  destinations.set('file', lines);
  destinations.set('log', log);
  return { destinations, requests: lines.split('\n').filter((line) => line !== '') };
}

/** All that the process says while something is done, by whatever way. */
export async function listened(act: () => Promise<void>): Promise<string> {
  const said: string[] = [];
  const say = (...values: unknown[]): void => void said.push(values.map((value) => inspect(value)).join(' '));
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation(say);
  }
  vi.spyOn(process, 'emitWarning').mockImplementation(say);
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text, ...others) => {
      said.push(String(text));
      const written = others.find((other) => typeof other === 'function') as (() => void) | undefined;
      written?.();
      return true;
    });
  }
  diag.setLogger({ verbose: say, debug: say, info: say, warn: say, error: say }, DiagLogLevel.ALL);
  try {
    await act();
  } finally {
    diag.disable();
    vi.restoreAllMocks();
  }
  return said.join('\n');
}
