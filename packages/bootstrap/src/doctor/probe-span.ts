import { AlwaysOnSampler, BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS, SPAN_PROBE } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { createResource } from '../create-resource.ts';

/** A finished test span under the resource of the configuration; no pipeline has seen it. */
export function probeSpan(config: TracingConfig): ReadableSpan {
  const ended: ReadableSpan[] = [];
  const provider = new BasicTracerProvider({
    sampler: new AlwaysOnSampler(),
    resource: createResource(config),
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  provider
    .getTracer(packageJson.name, packageJson.version)
    .startSpan(SPAN_PROBE, {
      root: true,
      attributes: { [ATTR_SPAN_KIND]: 'probe', [ATTR_TIMING_BASIS]: 'measured' },
    })
    .end();
  const [span] = ended;
  if (span === undefined) throw new Error('the probe was not recorded: tracing is suppressed in this context');
  return span;
}
