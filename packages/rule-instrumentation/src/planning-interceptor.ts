import { context, type Span, trace } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import { recordFailure } from '@planscope/internal/record-failure';
import {
  type Batch,
  contextClock,
  type PlanningCall,
  type PlanningInterceptor,
  type PlanningOutcome,
  type PlanningStep,
  type SessionState,
  type StatementSession,
  toHrTime,
  type UnixClock,
  withContextClock,
} from '@planscope/plan';
import { describeError } from '@planscope/redaction';
import packageJson from '../package.json' with { type: 'json' };
import { planTexts } from './plan-texts.ts';
import { planningGuard } from './planning-guard.ts';
import { type PlanningTraceOptions, planningSettings } from './planning-options.ts';
import { recordInput, recordOutcome, startAttributes } from './record-step.ts';

const marker = Symbol.for('planscope.rule-instrumentation.interceptor');
const DEFAULT_PLANNER = 'spec';

/**
 * Creates a span for every phase and rule, under the context of the call. The phase or rule gets the context of its
 * span, explicitly and as the active context. The interceptor keeps no state between queries.
 *
 * @throws PlanningOptionsError
 */
export function planningInterceptor(options: PlanningTraceOptions = {}): PlanningInterceptor {
  const settings = planningSettings(options);
  const { modes, planner = DEFAULT_PLANNER, isEnabled, redaction, dialect } = settings;
  const tracer = packageTracer(packageJson, options.tracerProvider);
  const guard = planningGuard();

  function isTraced(call: PlanningCall): boolean {
    const { kind, phase } = call;
    if (kind === 'phase' ? modes[phase] === 'disabled' : modes[phase] !== 'full') return false;
    try {
      return isEnabled(kind, nameOf(call));
    } catch (error) {
      guard.failed(call.context, error);
      return false;
    }
  }

  function startSpan(call: PlanningCall, clock: UnixClock): Span | undefined {
    if (!isTraced(call) || !call.context.budget.take()) return undefined;
    return guard.attempt(call.context, () => {
      const options = { attributes: startAttributes(call, planner), startTime: toHrTime(clock()) };
      return tracer.startSpan(nameOf(call), options, call.context.otelContext);
    });
  }

  async function trackStep(
    call: PlanningCall,
    next: PlanningStep,
    { span, clock }: { readonly span: Span; readonly clock: UnixClock },
  ): Promise<PlanningOutcome> {
    const texts = planTexts(settings);
    const record = (action: () => void): void => {
      if (span.isRecording()) guard.attempt(call.context, action);
    };
    const otelContext = withContextClock(trace.setSpan(call.context.otelContext, span), clock);
    const inner: PlanningCall = { ...call, context: { ...call.context, otelContext } };
    record(() => recordInput(span, call, texts));
    try {
      const outcome = await context.with(otelContext, next, undefined, inner);
      record(() => recordOutcome(span, call, outcome, settings, texts));
      return outcome;
    } catch (error) {
      record(() => recordFailure(span, describeError(error, { messages: redaction.errorMessages, dialect })));
      throw error;
    } finally {
      guard.attempt(call.context, () => span.end(toHrTime(clock())));
    }
  }

  const interceptor: PlanningInterceptor = (next) => (call) => {
    const clock = contextClock(call.context.otelContext);
    const span = startSpan(call, clock);
    return span === undefined ? next(call) : trackStep(call, next, { span, clock });
  };
  return Object.defineProperty(interceptor, marker, { value: true });
}

function nameOf(call: PlanningCall): string {
  return call.kind === 'phase' ? call.phase : call.rule;
}

/** True for an interceptor from any copy of this package. */
function isPlanningInterceptor(interceptor: PlanningInterceptor): boolean {
  return marker in interceptor;
}

/**
 * Returns the session with traced planning, outside of its other interceptors. If the session is already traced, the
 * new options replace the old ones. If every phase is disabled, the result is not traced.
 *
 * @throws PlanningOptionsError
 */
export function instrumentSession(state: SessionState, options?: PlanningTraceOptions): SessionState;
/** The same, for plans of any kind of batch. */
export function instrumentSession<Rows extends Batch>(
  state: SessionState<Rows>,
  options?: PlanningTraceOptions,
): SessionState<Rows>;
/** The same, for an engine without logical plans. */
export function instrumentSession<Statement, Rows extends Batch>(
  state: StatementSession<Statement, Rows>,
  options?: PlanningTraceOptions,
): StatementSession<Statement, Rows>;
export function instrumentSession(
  state: Pick<SessionState, 'interceptors'>,
  options: PlanningTraceOptions = {},
): Pick<SessionState, 'interceptors'> {
  const { modes } = planningSettings(options);
  const { interceptors = [] } = state;
  const others = interceptors.filter((interceptor) => !isPlanningInterceptor(interceptor));
  if (Object.values(modes).every((mode) => mode === 'disabled')) {
    return others.length === interceptors.length ? state : { ...state, interceptors: others };
  }
  return { ...state, interceptors: [planningInterceptor(options), ...others] };
}
