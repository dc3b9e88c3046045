import type { TracingConfigInput } from '@planscope/config';
import type { DemoArguments } from './arguments.ts';

/**
 * The demo's tracing: spans into a file, and to a collector where one was named.
 *
 * @param traceFile path of the file of OTLP JSON lines
 */
export function demoTracing({ preset, otlp }: DemoArguments, traceFile: string): TracingConfigInput {
  return {
    preset,
    serviceName: 'planscope-demo',
    exporters: otlp === undefined ? ['file'] : ['file', 'otlp'],
    file: { path: traceFile },
    ...(otlp === undefined ? {} : { otlp: { endpoint: new URL('/v1/traces', otlp).href } }),
    // A column is hidden so that the demo shows what redaction looks like.
    preview: { redaction: { mode: 'deny-list', columns: ['state'] } },
  };
}
