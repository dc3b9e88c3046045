// Runs in every test file: each span that a Planscope tracer makes in any test must bear registered names only.
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { schemaViolations } from '@planscope/semconv';
import { afterEach } from 'vitest';
import { schemas } from './schemas.ts';

const OURS = '@planscope/';
const violations = new Set<string>();

const spanPrototype = Object.getPrototypeOf(new BasicTracerProvider().getTracer('probe').startSpan('probe'));
const end = spanPrototype.end as (this: ReadableSpan, ...times: unknown[]) => void;
spanPrototype.end = function (this: ReadableSpan, ...times: unknown[]): void {
  end.apply(this, times);
  if (!this.instrumentationScope.name.startsWith(OURS)) return;
  for (const violation of schemaViolations(this, schemas)) violations.add(violation);
};

afterEach(() => {
  const found = [...violations];
  violations.clear();
  if (found.length > 0) throw new Error(`spans depart from the span schema:\n${found.join('\n')}`);
});
