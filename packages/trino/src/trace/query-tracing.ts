import type { TracerProvider } from '@opentelemetry/api';
import type { ReportRecorder, WarningSink } from '@planscope/plan/report';
import type { FetchedReport } from './fetch-report.ts';
import type { ReportTask } from './report-queue.ts';
import type { TraceTrinoOptions } from './trace-options.ts';

/** What the queries of a traced client share. */
export interface QueryTracing {
  readonly options: TraceTrinoOptions;
  readonly recorders: readonly ReportRecorder[];
  /** In milliseconds. */
  readonly reportTimeout: number;
  /** Never throws. */
  readonly warn: WarningSink;
  provider(): TracerProvider;
  /** @param isGone whether the server did not answer any more */
  fetchReport(queryId: string, isGone: boolean): Promise<FetchedReport>;
  /** Queues what is to be done after a query. */
  later(task: ReportTask): void;
}
