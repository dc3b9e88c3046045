// For users

export { QueryLogError, type QueryLogErrorCode } from './query-log-error.ts';
export { QueryLogExporter } from './query-log-exporter.ts';
export type { QueryLogOptions } from './query-log-options.ts';
export type { QueryLogStats } from './query-log-writer.ts';
