import type { Attributes } from '@opentelemetry/api';
import type { RunWarning } from '@planscope/plan';
import { ATTR_WARNING_CODES, ATTR_WARNING_COUNT } from '@planscope/semconv';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

/** Records which warnings the operator raised. */
export const warningsRecorder: OperatorRecorderFactory = () => ({
  name: 'warnings',
  onEnd: ({ warnings }, span) => span.setAttributes(warningAttributes(warnings)),
});

/** How many warnings there are, and their codes; nothing where there are none. */
export function warningAttributes(warnings: readonly Pick<RunWarning, 'code'>[]): Attributes {
  if (warnings.length === 0) return {};
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}
