import { DiagLogLevel, diag, type HrTime } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordFailure } from './record-failure.ts';

const spans = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('shop', '1.2.0');
const records = new InMemoryLogRecordExporter();
const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] });
const failure = { type: 'BinderError', message: 'column ?1 not found', stacktrace: 'BinderError: column ?1 not found' };
const time: HrTime = [1_800_000_000, 5];
/** Where the API, version 1, keeps what is registered; from 1.10 on it has the logger provider. */
const registry = globalThis as { [key: symbol]: { logs?: unknown } };
const API = Symbol.for('opentelemetry.js.api.1');

const warn = vi.fn();

beforeEach(() => {
  diag.setLogger({ warn, error() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
});

afterEach(() => {
  vi.unstubAllEnvs();
  logs.disable();
  delete registry[API]?.logs;
  diag.disable();
  spans.reset();
  records.reset();
});

/** The names of the span's events, and the log records. */
function fail(optIn: string) {
  vi.stubEnv('OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN', optIn);
  const span = tracer.startSpan('query');
  recordFailure(span, failure, { time, eventName: 'db.client.operation.exception' });
  span.end();
  const [finished] = spans.getFinishedSpans();
  expect(finished).toMatchObject({
    status: { message: failure.message },
    attributes: { 'error.type': 'BinderError' },
  });
  return {
    events: finished?.events.map(({ name }) => name),
    logged: records.getFinishedLogRecords().map((record) => ({
      eventName: record.eventName,
      severityNumber: record.severityNumber,
      hrTime: record.hrTime,
      scope: record.instrumentationScope.name,
      attributes: record.attributes,
      isInSpan: record.spanContext?.spanId === finished?.spanContext().spanId,
    })),
  };
}

const record = {
  eventName: 'db.client.operation.exception',
  severityNumber: 13,
  hrTime: time,
  scope: 'shop',
  attributes: {
    'exception.type': 'BinderError',
    'exception.message': 'column ?1 not found',
    'exception.stacktrace': 'BinderError: column ?1 not found',
  },
  isInSpan: true,
};

const registrations: Readonly<Record<string, () => unknown>> = {
  '@opentelemetry/api-logs': () => void logs.setGlobalLoggerProvider(loggerProvider),
  'the API from 1.10 on': () => Object.assign(registry[API] ?? {}, { logs: loggerProvider }),
};

test.each(Object.entries(registrations))('a logger provider registered with %s', (_, register) => {
  register();
  expect(fail('logs')).toEqual({ events: [], logged: [record] });
  spans.reset();
  records.reset();
  expect(fail('logs/dup')).toEqual({ events: ['exception'], logged: [record] });
  spans.reset();
  records.reset();
  expect(fail('')).toEqual({ events: ['exception'], logged: [] });
});

test('without a logger provider the exception stays on the span, which is said once', () => {
  for (const optIn of ['logs', 'logs/dup']) {
    expect(fail(optIn)).toEqual({ events: ['exception'], logged: [] });
    spans.reset();
  }
  expect(warn.mock.calls).toEqual([[expect.stringContaining('no logger provider is registered')]]);
});

test('an unknown value changes nothing', () => {
  logs.setGlobalLoggerProvider(loggerProvider);
  expect(fail('log')).toEqual({ events: ['exception'], logged: [] });
});

test('a logger provider that fails costs nothing but the log record', () => {
  logs.setGlobalLoggerProvider({
    getLogger: () => {
      throw new Error('shut down');
    },
  });
  expect(fail('logs')).toEqual({ events: ['exception'], logged: [] });
});
