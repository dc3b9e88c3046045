import type { Tracer } from '@opentelemetry/api';
import type { Batch, ExecutionPlan, ReportRecorder } from '@planscope/plan';
import { type ExecutionInstrumentationOptions, ExecutionOptionsError } from './instrumentation-options.ts';
import { type OperatorSpanSettings, operatorSpanSettings } from './operator-span-settings.ts';
import {
  metricsRecorder,
  nodeRecorder,
  type OperatorRecorderFactory,
  previewRecorder,
  statusRecorder,
  warningsRecorder,
} from './recorder/operator-recorders.ts';

const DEFAULT_OUTCOME_WAIT = 250;

/** The evaluated options, computed once for a plan. */
export interface Instrumentation {
  readonly tracer: Tracer;
  readonly customFields: OperatorSpanSettings['customFields'];
  readonly isEnabled: (operator: ExecutionPlan<Batch>) => boolean;
  /** Returns the redacted one-line description of a node. */
  readonly describe: (node: ExecutionPlan<Batch>) => string;
  /** Time to wait for the outcome after the end of a stream, in milliseconds. */
  readonly outcomeWait: number;
  readonly recorders: readonly OperatorRecorderFactory[];
  readonly reportRecorders: readonly ReportRecorder[];
}

/**
 * @throws ExecutionOptionsError
 * @throws PreviewError if a limit of the preview is not a whole number from 0 up
 */
export function instrumentation(options: ExecutionInstrumentationOptions): Instrumentation {
  const { tracer, texts, recordNode, recordMetrics, maxTextBytes, redaction, dialect, customFields } =
    operatorSpanSettings(options);
  const { isEnabled = () => true, reportRecorders = [], preview = false, outcomeWait = DEFAULT_OUTCOME_WAIT } = options;
  if (!Number.isSafeInteger(outcomeWait) || outcomeWait < 0) {
    throw new ExecutionOptionsError('outcomeWait', outcomeWait, 'a whole number of milliseconds from 0 up');
  }
  if (typeof isEnabled !== 'function') throw new ExecutionOptionsError('isEnabled', isEnabled, 'a function');
  if (!Array.isArray(reportRecorders) || reportRecorders.some((record) => typeof record !== 'function')) {
    throw new ExecutionOptionsError('reportRecorders', reportRecorders, 'an array of functions');
  }
  return {
    tracer,
    customFields,
    isEnabled,
    describe: (node) => texts.line(node),
    outcomeWait,
    recorders: [
      statusRecorder({ redaction, dialect, maxTextBytes }),
      ...(recordNode ? [nodeRecorder] : []),
      ...(recordMetrics ? [metricsRecorder] : []),
      ...(preview === false || preview.limit === 0 ? [] : [previewRecorder({ dialect, ...preview })]),
      warningsRecorder,
    ],
    reportRecorders,
  };
}
