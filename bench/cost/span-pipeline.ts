import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TracerProvider } from '@opentelemetry/api';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { openMemoryFolder } from './memory-folder.ts';

const QUEUED_SPANS = 200_000;
const FILE_BYTES = 64 * 2 ** 20;

/** A pipeline like that of a program: the SDK, a queue, and the file exporter. */
export interface SpanPipeline {
  readonly tracerProvider: TracerProvider;
  /** Waits until all ended spans are exported. */
  flush(): Promise<void>;
  /** Spans and bytes of OTLP JSON exported so far. */
  exported(): { readonly spans: number; readonly bytes: number };
  /** @throws Error if a span was not exported, as the figures are then not the cost of tracing */
  close(): Promise<void>;
}

/**
 * `startTracing` of @planscope/bootstrap with a file in memory. The queue is larger than the default: a benchmark makes spans
 * faster than a program does, and a dropped span costs less than an exported one.
 */
export function openPipeline(sampler: 'always_on' | 'always_off'): SpanPipeline {
  const folder = openMemoryFolder();
  const path = join(folder.path, 'spans.jsonl');
  const { config } = resolveTracingConfig({
    environment: {},
    explicit: {
      exporters: ['file'],
      file: { path, maxBytes: FILE_BYTES, maxFiles: 1 },
      exportPolicy: { sampler, maxQueueSize: QUEUED_SPANS },
    },
  });
  const tracing = startTracing(config, { register: 'never' });
  return {
    tracerProvider: tracing.tracerProvider,
    async flush() {
      await tracing.flush(60_000);
    },
    exported: () => ({
      spans: sum(tracing.stats().map(({ exported }) => exported)),
      bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    }),
    async close() {
      await tracing.shutdown(60_000);
      folder.remove();
      const lost = sum(tracing.stats().map(({ made, exported }) => made - exported));
      if (lost > 0) throw new Error(`${lost} spans were not exported`);
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
