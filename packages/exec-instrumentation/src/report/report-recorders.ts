import type { TracerProvider } from '@opentelemetry/api';
import type { ReportRecorder } from '@planscope/plan';
import { engineSpanRecorder } from './engine-span-recorder.ts';
import { type IoReportOptions, ioReportRecorder } from './io-report-recorder.ts';
import { type OperatorReportOptions, operatorReportRecorder } from './operator-report-recorder.ts';
import { type StageReportOptions, stageReportRecorder } from './stage-report-recorder.ts';

/** What of an engine's reports is drawn; each part takes the options of its own recorder. */
export interface ReportRecordersOptions {
  /** For the parts that name no other; default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Says something about the query on the span that ran the engine; default nothing but the engine's error. */
  readonly query?: ReportRecorder;
  /** Draws what the engine's planner did: `planningReportRecorder` of `@planscope/rule-instrumentation`; default nothing. */
  readonly planning?: ReportRecorder;
  readonly stages?: StageReportOptions;
  readonly operators?: OperatorReportOptions;
  /** `false` draws no reads and writes. */
  readonly io?: IoReportOptions | false;
}

/**
 * The recorders that draw an engine's reports, in the order they have to run: what is said on the span of the query, then
 * planning, stages, the operators below them, and the reads and writes below those.
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
