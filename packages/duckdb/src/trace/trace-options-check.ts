import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';
import { queryPresets } from './query-presets.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

/** @throws DuckDBError `invalid-option` naming the field, its value and what would be right */
export function checkTraceOptions({ preset, detail, traceIo }: TraceConnectionOptions): void {
  if (preset !== undefined) checkPreset(preset);
  if (detail !== undefined && !(Number.isFinite(detail.slowerThan) && detail.slowerThan >= 0)) {
    throw invalid(`detail.slowerThan is ${String(detail.slowerThan)}; it must be a number of milliseconds from 0 up`);
  }
  if (traceIo !== undefined && !(traceIo.instance instanceof DuckDBInstance)) {
    throw invalid(`traceIo.instance is ${typeof traceIo.instance}; it must be a DuckDBInstance`);
  }
}

/** @throws DuckDBError `invalid-option` for a preset that does not exist */
export function checkPreset(preset: string): void {
  if (Object.hasOwn(queryPresets, preset)) return;
  throw invalid(`preset is ${JSON.stringify(preset)}; use one of ${Object.keys(queryPresets).join(', ')}`);
}

function invalid(text: string): DuckDBError {
  return new DuckDBError('invalid-option', text);
}
