import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { schemaViolations } from '@planscope/semconv';
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

/** How the spans that ended since the last call depart from the schemas. */
export function takeViolations(): string[] {
  const found = [...violations];
  violations.clear();
  return found;
}
