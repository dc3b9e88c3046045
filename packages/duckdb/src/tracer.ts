import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import packageJson from '../package.json' with { type: 'json' };

/** The tracer of this package. */
export function packageTracer(tracerProvider: TracerProvider = trace.getTracerProvider()): Tracer {
  return tracerProvider.getTracer(packageJson.name, packageJson.version);
}
