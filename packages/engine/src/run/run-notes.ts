import { createMetricsCollector, type MetricsCollector } from '@planscope/metrics-collector';
import type { ExecutionStatus, OperatorRecord, PlannedQuery, RunIdentity, RunWarning } from '@planscope/plan';
import { type PlanTextConfig, runPlan } from './run-plan.ts';
import type { OutputResult, RunResult } from './run-result.ts';

/** What a run gathers while it goes on. However far it comes, its result is made of that. */
export class RunNotes {
  readonly warnings: RunWarning[] = [];
  readonly outputs: OutputResult[] = [];
  readonly collector: MetricsCollector = createMetricsCollector();
  planned: PlannedQuery | undefined;
  planFingerprint: string | undefined;
  planReused = false;
  envelopeHash: string | undefined;
  readonly #records: OperatorRecord[] = [];
  readonly #startedAt = new Date();

  /** Takes a finished operator. */
  observe(record: OperatorRecord): void {
    this.collector.observe(record);
    this.#records.push(record);
  }

  /** @param traceId undefined where the run is not traced */
  result(
    status: ExecutionStatus,
    { runId, specHash, rulepackFingerprint }: RunIdentity,
    traceId: string | undefined,
    config: PlanTextConfig,
  ): RunResult {
    const { envelopeHash, planFingerprint, planReused, planned, warnings } = this;
    return {
      runId,
      ...(traceId === undefined ? {} : { traceId }),
      status,
      ...(specHash === undefined ? {} : { specHash }),
      ...(envelopeHash === undefined ? {} : { envelopeHash }),
      ...(rulepackFingerprint === undefined ? {} : { rulepackFingerprint }),
      ...(planFingerprint === undefined ? {} : { planFingerprint }),
      planReused,
      outputs: this.outputs,
      ...(planned === undefined ? {} : { plan: runPlan(planned, this.#records, config) }),
      operators: this.collector.operators(),
      summary: this.collector.summary(warnings),
      warnings,
      startedAt: this.#startedAt,
      completedAt: new Date(),
    };
  }
}
