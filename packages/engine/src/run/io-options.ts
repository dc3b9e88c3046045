import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import type { IoReportOptions } from '@planscope/exec-instrumentation';
import { storageSpans } from '../filter/span-levels.ts';

/** How the reads, writes and requests that a database engine reports are drawn. */
export function ioOptions(config: TracingConfig, tracerProvider: TracerProvider): IoReportOptions {
  const storage = storageSpans(config);
  return { tracerProvider, maxTextBytes: config.maxAttributeBytes, isEnabled: (name) => storage(name, 'info') };
}
