import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/** What the checks look at of a span. */
export interface RecordedSpan {
  readonly name: string;
  /** Name of the span it was started under. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  ended: boolean;
}

/** A tracer provider on the OpenTelemetry API alone, for a project without an SDK. */
export interface RecordingProvider extends TracerProvider {
  readonly spans: readonly RecordedSpan[];
}

export function recordingProvider(): RecordingProvider {
  const spans: RecordedSpan[] = [];
  const names = new Map<string, string>();

  function startSpan(name: string, { attributes = {} }: SpanOptions = {}, parent: Context = ROOT_CONTEXT): Span {
    const above = trace.getSpanContext(parent);
    const recorded: RecordedSpan = {
      name,
      parent: above && names.get(above.spanId),
      attributes: { ...attributes },
      ended: false,
    };
    spans.push(recorded);
    const spanContext: SpanContext = {
      traceId: above?.traceId ?? '1'.padStart(32, '0'),
      spanId: spans.length.toString(16).padStart(16, '0'),
      traceFlags: 1,
    };
    names.set(spanContext.spanId, name);
    const span: Span = {
      spanContext: () => spanContext,
      setAttribute: (key, value) => span.setAttributes({ [key]: value }),
      setAttributes: (more) => {
        Object.assign(recorded.attributes, more);
        return span;
      },
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      setStatus: () => span,
      updateName: () => span,
      end: () => {
        recorded.ended = true;
      },
      isRecording: () => !recorded.ended,
      recordException: () => {},
    };
    return span;
  }

  const startActiveSpan: Tracer['startActiveSpan'] = () => {
    throw new Error('no package of Planscope starts a span as the active one');
  };
  return { spans, getTracer: () => ({ startSpan, startActiveSpan }) };
}

/** One line a span, in order of start: its name, and below which other. */
export function spanLines({ spans }: RecordingProvider): string[] {
  return spans.map(({ name, parent }) => (parent === undefined ? name : `${name} < ${parent}`));
}
