import type { TracerProvider } from '@opentelemetry/api';
import type { ReportRecorder } from '@planscope/plan';
import { engineSpanRecorder } from './engine-span-recorder.ts';
import { type IoReportOptions, ioReportRecorder } from './io-report-recorder.ts';
import { type OperatorReportOptions, operatorReportRecorder } from './operator-report-recorder.ts';
import { type StageReportOptions, stageReportRecorder } from './stage-report-recorder.ts';

/** Which parts of engine reports are drawn. Each part has the options of its recorder. */
export interface ReportRecordersOptions {
  /** Provider for the parts without one of their own. Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Records the query on the span that ran the engine. Default: only the engine's error. */
  readonly query?: ReportRecorder;
  /** Draws the engine's planner: `planningReportRecorder` of `@planscope/rule-instrumentation`. Default: none. */
  readonly planning?: ReportRecorder;
  readonly stages?: StageReportOptions;
  readonly operators?: OperatorReportOptions;
  /** False to draw no reads and writes. */
  readonly io?: IoReportOptions | false;
}

/**
 * The recorders that draw engine reports, in the order in which they must run: the query, planning, stages, operators
 * below the stages, and reads and writes below the operators.
 *
 * @throws ExecutionOptionsError
 */
export function reportRecorders(options: ReportRecordersOptions = {}): ReportRecorder[] {
  const { tracerProvider, query, planning, stages, operators, io } = options;
  const provided = tracerProvider === undefined ? {} : { tracerProvider };
  return [
    engineSpanRecorder(),
    ...(query === undefined ? [] : [query]),
    ...(planning === undefined ? [] : [planning]),
    stageReportRecorder({ ...provided, ...stages }),
    operatorReportRecorder({ ...provided, ...operators }),
    ...(io === false ? [] : [ioReportRecorder({ ...provided, ...io })]),
  ];
}
