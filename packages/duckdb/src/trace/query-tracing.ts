import { version } from '@duckdb/node-api';
import type { Tracer } from '@opentelemetry/api';
import type { ReportRecorder } from '@planscope/plan';
import { duckdbReportRecorders } from '../report/duckdb-report-recorders.ts';
import { packageTracer } from '../tracer.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

/** What the queries of one traced connection share. */
export interface QueryTracing {
  readonly tracer: Tracer;
  readonly recorders: readonly ReportRecorder[];
  readonly options: TraceConnectionOptions;
  /** Version of DuckDB. */
  readonly version: string;
}

/** What the options come to. */
export function queryTracing(options: TraceConnectionOptions): QueryTracing {
  const { tracerProvider, planning, operators, traceIo } = options;
  const provided = tracerProvider === undefined ? {} : { tracerProvider };
  const recorders = duckdbReportRecorders({
    planning: { ...provided, ...planning },
    operators: { ...provided, ...operators },
    ...(traceIo === undefined ? {} : { io: { ...provided, ...traceIo.spans } }),
  });
  return { tracer: packageTracer(tracerProvider), recorders, options, version: version() };
}
