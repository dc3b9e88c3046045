import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';

/** The OpenTelemetry pipeline of this process; where its spans go is up to the environment, and OTLP by default. */
export const tracing = startTracing(resolveTracingConfig({ explicit: { serviceName: 'flight-service' } }).config);
