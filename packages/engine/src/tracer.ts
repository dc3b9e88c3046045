import type { Tracer, TracerProvider } from '@opentelemetry/api';
import packageJson from '../package.json' with { type: 'json' };

/** Version of Planscope; all its packages share one. */
export const PLANSCOPE_VERSION: string = packageJson.version;

export function packageTracer(tracerProvider: TracerProvider): Tracer {
  return tracerProvider.getTracer(packageJson.name, packageJson.version);
}
