import { FastifyOtelInstrumentation } from '@fastify/otel';

/** Spans of requests, which Fastify's own instrumentation makes for every service of the process. */
new FastifyOtelInstrumentation({ registerOnInitialization: true });
