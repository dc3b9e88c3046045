import { ATTR_WARNING_CODES, ATTR_WARNING_COUNT } from '@planscope/semconv';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

/** Records which warnings the operator raised. */
export const warningsRecorder: OperatorRecorderFactory = () => ({
  name: 'warnings',
  onEnd: ({ warnings }, span) => {
    if (warnings.length === 0) return;
    const codes = [...new Set(warnings.map(({ code }) => code))].sort();
    span.setAttributes({ [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes });
  },
});
