import { type Run, RunCollector, type SdkSpan } from '@planscope/run-model';
import type { PlanChange } from '../compare/plan-changes.ts';
import type { PlanComparison } from '../compare/plan-comparison.ts';
import { samplesOf } from '../compare/query-sample.ts';
import type { Finding, Severity } from '../finding.ts';
import { checkThresholds, type FindingsOptions, findings } from '../findings.ts';
import { PlanWatch } from './plan-watch.ts';

/** What a {@link FindingsProcessor} looks for, and where it tells what it found. */
export interface FindingsProcessorOptions extends FindingsOptions {
  /** Called with each finding, after the query has ended. */
  readonly onFinding?: (finding: Finding, run: Run) => void;
  /** The least severity that is told. Default: `warning`. */
  readonly minSeverity?: Severity;
  /** Called if a query got another plan than in its last run in this process. */
  readonly onPlanChange?: (change: PlanChange, run: Run) => void;
  /**
   * Called once after a change of plan, when the query has run five times with the new plan, if it had run as often with
   * the plan before: with its regression, or without one.
   */
  readonly onPlanComparison?: (comparison: PlanComparison, run: Run) => void;
  /** Called with what a callback or a rule threw. Default: a warning of the process, once. */
  readonly onError?: (error: unknown) => void;
  /**
   * The most spans that wait for the end of their run. If there are more, those of the trace that has been silent longest
   * are dropped, and its run has a gap. Default: 20,000.
   */
  readonly maxSpans?: number;
}

/** From the least to the most serious. */
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/**
 * A span processor for the OpenTelemetry SDK of a program, of version 1, 2 or 3. It tells what slowed each traced query
 * or run down, in the turn after its span has ended, when all spans below it have. Spans of others are passed over. It
 * never throws.
 */
export class FindingsProcessor {
  readonly #options: FindingsProcessorOptions;
  readonly #collector: RunCollector;
  readonly #plans = new PlanWatch();
  #runs: Run[] = [];
  #hasWarned = false;

  /** @throws RangeError if `thresholds` is invalid, or `maxSpans` is not a whole number from 1 up */
  constructor(options: FindingsProcessorOptions) {
    const { maxSpans = 20_000 } = options;
    if (!Number.isSafeInteger(maxSpans) || maxSpans < 1) {
      throw new RangeError(`[planscope/findings] maxSpans is ${maxSpans}; use a whole number from 1 up`);
    }
    checkThresholds(options);
    this.#options = options;
    this.#collector = new RunCollector({ maxSpans });
  }

  onStart(): void {}

  onEnd(span: SdkSpan): void {
    this.#guarded(() => {
      const ended = this.#collector.add([span]);
      if (ended.length === 0) return;
      if (this.#runs.length === 0) setImmediate(() => this.#judgeAll());
      this.#runs.push(...ended);
    });
  }

  /** Judges what has ended. */
  async forceFlush(): Promise<void> {
    this.#judgeAll();
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  #judgeAll(): void {
    for (const run of this.#runs.splice(0)) this.#guarded(() => this.#judge(run));
  }

  #judge(run: Run): void {
    const { onFinding, onPlanChange, onPlanComparison, minSeverity = 'warning', ...options } = this.#options;
    const onRuleError = options.onRuleError ?? ((_: unknown, error: unknown) => this.#failed(error));
    const found = onFinding === undefined ? [] : findings(run, { ...options, onRuleError });
    for (const finding of found) {
      if (SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(minSeverity)) continue;
      this.#guarded(() => onFinding?.(finding, run));
    }
    if (onPlanChange === undefined && onPlanComparison === undefined) return;
    const { changes, comparisons } = this.#plans.add(samplesOf(run));
    for (const change of changes) this.#guarded(() => onPlanChange?.(change, run));
    for (const comparison of comparisons) this.#guarded(() => onPlanComparison?.(comparison, run));
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { onError } = this.#options;
    try {
      onError?.(error);
      if (onError !== undefined) return;
    } catch {
      // The program's own handler failed; the warning tells of it.
    }
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const kind = error instanceof Error ? error.name : typeof error;
    process.emitWarning(`[planscope/findings] live findings failed (${kind}); further failures are not told`, {
      code: 'PLANSCOPE_FINDINGS_LIVE',
    });
  }
}
