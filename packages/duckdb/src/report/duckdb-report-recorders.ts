import { type IoReportOptions, type OperatorReportOptions, reportRecorders } from '@planscope/exec-instrumentation';
import type { ReportRecorder } from '@planscope/plan';
import { type PlanningTraceOptions, planningReportRecorder } from '@planscope/rule-instrumentation';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { duckdbSchema } from '../semconv.ts';
import { queryRecorder } from './query-recorder.ts';

/** How what DuckDB reported is drawn. */
export interface DuckDBReportOptions {
  /** Planner, optimizers and plans. */
  readonly planning?: PlanningTraceOptions;
  /** Operators, and the text of the query. */
  readonly operators?: OperatorReportOptions;
  /** Reads and writes under the operators that made them; drawn only where this is given. */
  readonly io?: IoReportOptions;
}

/** The recorders for reports of DuckDB, in the order they have to run. */
export function duckdbReportRecorders(options: DuckDBReportOptions = {}): ReportRecorder[] {
  const { planning, operators, io } = options;
  return reportRecorders({
    query: queryRecorder(operators),
    planning: planningReportRecorder({ dialect: duckdbDialect, ...planning }),
    operators: { schemas: [duckdbSchema], dialect: duckdbDialect, ...operators },
    io: io ?? false,
  });
}
