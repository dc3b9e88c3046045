import assert from 'node:assert/strict';
import { METRIC_OUTPUT_ROWS, operatorMetricKey, schemaViolations, sharedSchema } from '@planscope/semconv';

export async function main(): Promise<string> {
  const key: string = operatorMetricKey(METRIC_OUTPUT_ROWS);
  assert.equal(key, 'datafusion.metrics.output_rows');
  const violations = schemaViolations(
    { name: 'FilterExec', attributes: { 'planscope.span.kind': 'operator', 'no.such.key': 1 } },
    [sharedSchema],
  );
  assert.match(violations.join('\n'), /no\.such\.key/);
  return `${key}, and a span with an unknown attribute is found`;
}
