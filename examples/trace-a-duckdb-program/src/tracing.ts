// What a program with an OpenTelemetry SDK has already: a tracer provider that is registered before the program starts.
// This one keeps the spans in memory and prints them at the end; yours sends them somewhere.
import { trace } from '@opentelemetry/api';
import { createSpanRecorder } from '@planscope/testing';
import { printSpans } from './print-spans.ts';

const recorder = createSpanRecorder();
trace.setGlobalTracerProvider(recorder.tracerProvider);
process.once('exit', () => printSpans(recorder.spans()));
