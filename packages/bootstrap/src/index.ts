// For users

export { BootstrapError, type BootstrapErrorCode } from './bootstrap-error.ts';
export type { DropReason } from './exporter/delivery.ts';
export type { FlushOutcome, TracingHandle } from './handle/tracing-handle.ts';
export type { LogLineTarget } from './log-lines/log-line-exporter.ts';
export type { ExporterStats } from './queue/delivery-ledger.ts';
export { startTracing, type TracingOptions } from './start-tracing.ts';
