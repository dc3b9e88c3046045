import type { Tracer } from '@opentelemetry/api';
import { describeNode, type ExecutionPlan, type ReportRecorder } from '@planscope/plan';
import type { ExecutionInstrumentationOptions } from './instrumentation-options.ts';
import { DEFAULT_MAX_TEXT_BYTES, operatorText } from './operator-text.ts';
import { metricsRecorder } from './recorder/metrics-recorder.ts';
import { nodeRecorder } from './recorder/node-recorder.ts';
import type { OperatorRecorderFactory } from './recorder/operator-recorder.ts';
import { previewRecorder } from './recorder/preview-recorder.ts';
import { statusRecorder } from './recorder/status-recorder.ts';
import { warningsRecorder } from './recorder/warnings-recorder.ts';
import { packageTracer } from './tracer.ts';

/** What the options come to, worked out once for a plan. */
export interface Instrumentation {
  readonly tracer: Tracer;
  readonly customFields: ExecutionInstrumentationOptions['customFields'];
  readonly isEnabled: (operator: ExecutionPlan) => boolean;
  /** The node in one line, fit for a span. */
  readonly describe: (node: ExecutionPlan) => string;
  readonly recorders: readonly OperatorRecorderFactory[];
  readonly reportRecorders: readonly ReportRecorder[];
}

export function instrumentation(options: ExecutionInstrumentationOptions): Instrumentation {
  const { recordNode = true, recordMetrics = true, preview = false, maxTextBytes = DEFAULT_MAX_TEXT_BYTES } = options;
  const text = operatorText(options);
  const messages = options.redaction?.errorMessages === 'keep' ? 'raw' : 'known-templates';
  return {
    tracer: packageTracer(options.tracerProvider),
    customFields: options.customFields,
    isEnabled: options.isEnabled ?? (() => true),
    describe: (node) => text(describeNode(node)),
    recorders: [
      statusRecorder(messages, maxTextBytes),
      ...(recordNode ? [nodeRecorder] : []),
      ...(recordMetrics ? [metricsRecorder] : []),
      ...(preview === false || preview.limit === 0 ? [] : [previewRecorder(preview)]),
      warningsRecorder,
    ],
    reportRecorders: options.reportRecorders ?? [],
  };
}
