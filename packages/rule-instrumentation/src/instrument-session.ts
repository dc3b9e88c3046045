import type { Batch, SessionState, StatementSession } from '@planscope/plan';
import { isPlanningInterceptor, planningInterceptor } from './planning-interceptor.ts';
import { type PlanningTraceOptions, planningSettings } from './planning-options.ts';

/**
 * The session with planning traced, outside whatever interceptors it has. A session that is traced already gets the new
 * options in place of the old; where every phase is disabled it stays, or becomes, free of tracing.
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
