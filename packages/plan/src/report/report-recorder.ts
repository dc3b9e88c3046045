import type { Context } from '@opentelemetry/api';
import type { RunIdentity } from '../execution/run-identity.ts';
import type { SpanBudget } from '../execution/span-budget.ts';
import type { WarningSink } from '../execution/warning.ts';
import type { EngineReport, TimeWindow } from './engine-report.ts';

/** Where a reported thing is drawn: the context of its span and the window that span covers. */
export interface ReportPlace {
  readonly otelContext: Context;
  readonly window: TimeWindow;
  /** False where the span in the context is that of something above, since this place has none; default true. */
  readonly hasOwnSpan?: boolean;
}

/** What the recorders of one report share. */
export interface ReportScope {
  /** The span that the report belongs under. */
  readonly place: ReportPlace;
  /** Filled by whoever draws stages, so that their operators can hang under them; keyed by stage id. */
  readonly stages: Map<string, ReportPlace>;
  /** Filled by whoever draws operators, so that what is drawn later can hang under them; keyed by operator id. */
  readonly operators: Map<string, ReportPlace>;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}

/** Draws one part of a report as spans. Recorders run in order: planning, stages, operators, I/O. */
export type ReportRecorder = (report: EngineReport, scope: ReportScope) => void;
