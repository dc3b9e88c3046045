// For users and for other Planscope packages.
export type {
  TraceAttributes as FileAttributes,
  TraceEvent as FileEvent,
  TraceLink as FileLink,
  TraceSpan as FileSpan,
} from '@planscope/run-model';
export { readTraceFile } from './read-trace-file.ts';
export type { RecordedEvent, RecordedResource, RecordedSpan } from './recorded-span.ts';
export { type RenderOptions, renderSpanTree } from './render-span-tree.ts';
export { type SpanNode, spanForest } from './span-forest.ts';
export { createSpanRecorder, type SpanRecorder } from './span-recorder.ts';
export { traceChecklist } from './trace-checklist.ts';
export { assertTraceInvariants, type InvariantOptions } from './trace-invariants.ts';
