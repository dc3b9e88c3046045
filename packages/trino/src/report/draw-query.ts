import { type ReportRecordersOptions, reportRecorders } from '@planscope/exec-instrumentation/report';
import { RecordingGuard } from '@planscope/internal/recording-guard';
import { finish, type Steps } from '@planscope/internal/steps';
import type { EngineReport, ReportRecorder, ReportScope, RunWarning } from '@planscope/plan/report';
import { describeError } from '@planscope/redaction';
import { type PlanningTraceOptions, planningReportRecorder } from '@planscope/rule-instrumentation';
import { trinoDialect } from '../dialect/trino-dialect.ts';
import { trinoSchema } from '../semconv.ts';
import { queryRecorder } from './query-recorder.ts';

/** How reports of Trino are drawn. */
export interface TrinoReportOptions extends Pick<ReportRecordersOptions, 'tracerProvider' | 'stages' | 'operators'> {
  /** Phases and rules of the planner. */
  readonly planning?: PlanningTraceOptions;
  /**
   * Parent of stages and operators. `caller`, the default: the span that ran the query, which has a link to Trino's own.
   * `engine`: Trino's own span of the query, if Trino made one in the same trace; choose it where the spans of the
   * cluster go to the same place as those of the program.
   */
  readonly operatorsUnder?: 'engine' | 'caller';
}

/** The recorders for reports of Trino, in the order in which they must run. */
export function trinoReportRecorders(options: TrinoReportOptions = {}): ReportRecorder[] {
  const { tracerProvider, planning, stages, operators, operatorsUnder: under = 'caller' } = options;
  const provided = tracerProvider === undefined ? {} : { tracerProvider };
  return reportRecorders({
    ...provided,
    query: queryRecorder(operators),
    planning: planningReportRecorder({ ...provided, dialect: trinoDialect, ...planning }),
    stages: { under, ...stages },
    operators: { schemas: [trinoSchema], dialect: trinoDialect, under, ...operators },
    io: false,
  });
}

const guard = new RecordingGuard('planscope/trino');

/** Draws a report below its place. A recorder that fails warns once for each run, and the others still draw. */
export function drawQuery(report: EngineReport, scope: ReportScope, recorders: readonly ReportRecorder[]): void {
  finish(drawingQuery(report, scope, recorders));
}

/** The same in steps. */
export function* drawingQuery(
  report: EngineReport,
  scope: ReportScope,
  recorders: readonly ReportRecorder[],
): Steps<void> {
  for (const record of recorders) {
    try {
      if (record.inSteps === undefined) record(report, scope);
      else yield* record.inSteps(report, scope);
    } catch (error) {
      const message = `recorder "${record.name}" failed with ${describeError(error).type}; the others went on`;
      const warning: RunWarning = { code: 'recorder-failed', message };
      guard.warnOnce({ owner: scope.run, recorder: record.name, warn: scope.warn }, warning);
    }
    yield;
  }
}
