import { type Run, runsFromSpans, type SdkSpan } from '@planscope/run-model';
import { ATTR_SPAN_KIND } from '@planscope/semconv';
import type { PlanChange } from '../compare/plan-changes.ts';
import type { Finding, Severity } from '../finding.ts';
import { checkThresholds, type FindingsOptions, findings } from '../findings.ts';
import { type PendingTrace, PendingTraces } from './pending-traces.ts';
import { PlanWatch } from './plan-watch.ts';

/** What a {@link FindingsProcessor} looks for, and where it tells what it found. */
export interface FindingsProcessorOptions extends FindingsOptions {
  /** Called with each finding, after the query has ended. */
  readonly onFinding?: (finding: Finding, run: Run) => void;
  /** The least severity that is told. Default: `warning`. */
  readonly minSeverity?: Severity;
  /** Called if a query got another plan than in its last run in this process. */
  readonly onPlanChange?: (change: PlanChange, run: Run) => void;
  /** Called with what a callback or a rule threw. Default: a warning of the process, once. */
  readonly onError?: (error: unknown) => void;
  /** How long a trace has to be silent, so that its last spans are there, in milliseconds. Default: 250. */
  readonly quietMillis?: number;
  /** The most spans that are held. The trace that has waited longest is judged early if there are more. Default: 20,000. */
  readonly maxSpans?: number;
}

/** From the least to the most serious. */
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/**
 * A span processor for the OpenTelemetry SDK of a program, of version 1, 2 or 3. It tells what slowed each traced query
 * or run down, shortly after it has ended. Spans of others are passed over. It never throws, and holds the spans of a
 * trace only until they are judged.
 */
export class FindingsProcessor {
  readonly #options: FindingsProcessorOptions;
  readonly #traces: PendingTraces;
  readonly #plans = new PlanWatch();
  #timer: NodeJS.Timeout | undefined;
  #hasWarned = false;

  /** @throws RangeError if `thresholds` is invalid, or a number is no whole number from 1 up */
  constructor(options: FindingsProcessorOptions) {
    const { quietMillis = 250, maxSpans = 20_000 } = options;
    for (const [name, value] of Object.entries({ quietMillis, maxSpans })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`[planscope/findings] ${name} is ${value}; use a whole number from 1 up`);
      }
    }
    checkThresholds(options);
    this.#options = { ...options, quietMillis, maxSpans };
    this.#traces = new PendingTraces(maxSpans);
  }

  onStart(span: Pick<SdkSpan, 'spanContext' | 'attributes'>): void {
    if (ATTR_SPAN_KIND in span.attributes) this.#traces.started(span.spanContext());
  }

  onEnd(span: SdkSpan): void {
    if (!(ATTR_SPAN_KIND in span.attributes)) return;
    for (const trace of this.#traces.ended(span, performance.now())) this.#judge(trace);
    this.#timer ??= setTimeout(() => this.#judgeQuiet(), this.#options.quietMillis).unref();
  }

  /** Judges what is there. */
  async forceFlush(): Promise<void> {
    for (const trace of this.#traces.takeAll()) this.#judge(trace);
  }

  async shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    await this.forceFlush();
  }

  #judgeQuiet(): void {
    this.#timer = undefined;
    const { quietMillis = 0 } = this.#options;
    for (const trace of this.#traces.takeQuiet(performance.now() - quietMillis)) this.#judge(trace);
    if (this.#traces.hasEnded) this.#timer = setTimeout(() => this.#judgeQuiet(), quietMillis).unref();
  }

  #judge({ spans }: PendingTrace): void {
    const { onFinding, onPlanChange, minSeverity = 'warning', ...options } = this.#options;
    const onRuleError = options.onRuleError ?? ((_: unknown, error: unknown) => this.#failed(error));
    this.#guarded(() => {
      for (const run of runsFromSpans(spans)) {
        const found = onFinding === undefined ? [] : findings(run, { ...options, onRuleError });
        for (const finding of found) {
          if (SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(minSeverity)) continue;
          this.#guarded(() => onFinding?.(finding, run));
        }
        if (onPlanChange === undefined) continue;
        for (const change of this.#plans.add(run)) this.#guarded(() => onPlanChange(change, run));
      }
    });
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
