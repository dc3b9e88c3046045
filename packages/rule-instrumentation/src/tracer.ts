import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import packageJson from '../package.json' with { type: 'json' };

/** The tracer of this package, from the given provider or the global one. */
export function tracerOf(options: { readonly tracerProvider?: TracerProvider }): Tracer {
  return (options.tracerProvider ?? trace.getTracerProvider()).getTracer(packageJson.name, packageJson.version);
}
