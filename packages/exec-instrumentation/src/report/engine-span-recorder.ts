import { type Attributes, trace } from '@opentelemetry/api';
import { type EngineErrorReport, engineSpanContext, type ReportRecorder } from '@planscope/plan';
import {
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ENGINE_ERROR_TYPE,
  ATTR_PARTIAL,
} from '@planscope/semconv';

/**
 * Records the execution on the span that ran the engine: its error, whether its numbers are partial, and a link to the
 * engine's own span of the query. It does not set the status of the span.
 */
export function engineSpanRecorder(): ReportRecorder {
  return function engineSpan(report, { place }) {
    const span = trace.getSpan(place.otelContext);
    if (place.hasOwnSpan === false || span?.isRecording() !== true) return;
    span.setAttributes({
      ...errorAttributes(report.error),
      ...(report.partial === true ? { [ATTR_PARTIAL]: true } : {}),
    });
    const context = engineSpanContext(report);
    // A cluster without tracing passes on the span that it got.
    if (context !== undefined && context.spanId !== span.spanContext().spanId)
      span.addLink({ context, attributes: { [ATTR_DB_SYSTEM_NAME]: report.engine.name } });
  };
}

/** The code and the class of an engine's error, with the attributes of the database conventions where they exist. */
export function errorAttributes(error: EngineErrorReport | undefined): Attributes {
  if (error === undefined) return {};
  const { code, type } = error;
  return {
    [ATTR_DB_RESPONSE_STATUS_CODE]: code,
    ...(type === undefined ? {} : { [ATTR_ENGINE_ERROR_TYPE]: type }),
  };
}
