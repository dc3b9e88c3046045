// For users

export { BootstrapError, type BootstrapErrorCode } from './bootstrap-error.ts';
export { type DoctorOptions, doctor } from './doctor/doctor.ts';
export type { DoctorReport } from './doctor/finding.ts';
export { type Finding, type FindingCode, renderDoctorReport } from './doctor/finding.ts';
export type { SpanExporter } from './exporter/from-span-exporter.ts';
export type { ConfirmedBy, DropReason } from './exporter/trace-exporter.ts';
export type { FlushOutcome, TracingHandle } from './handle/tracing-handle.ts';
export type { ExporterStats } from './queue/delivery-ledger.ts';
export { startTracing, type TracingOptions } from './start-tracing.ts';
export {
  contextFromEnvironment,
  contextFromHeaders,
  environmentFromContext,
  headersFromContext,
  type IncomingHeaders,
} from './trace-context.ts';
