import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

/**
 * The tracer of a package.
 *
 * @param manifest the `package.json` of the package; its name and version are the scope of every span
 * @param tracerProvider default the global one
 */
export function packageTracer(
  manifest: { readonly name: string; readonly version: string },
  tracerProvider: TracerProvider = trace.getTracerProvider(),
): Tracer {
  return tracerProvider.getTracer(manifest.name, manifest.version);
}
