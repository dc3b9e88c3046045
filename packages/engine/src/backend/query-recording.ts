import type { TracingConfig } from '@planscope/config';
import type { QueryRecording } from '@planscope/duckdb';

/** Time limit for determining the effect of each of DuckDB's optimizers, in milliseconds. */
const ABLATION_LIMIT = 1000;
/** Time limit for the plans in milliseconds: one second, and the time until DuckDB reacts to an interrupt. */
const PLANS_WAIT = 1500;
/** Time that an operator waits for its outcome without plans, in milliseconds. */
const USUAL_WAIT = 250;

/** What a run records of DuckDB's queries. */
export function queryRecording(config: TracingConfig): QueryRecording {
  return { ...plansOf(config), ...detailOf(config) };
}

function detailOf({ detail: { slowerThan } }: TracingConfig): Pick<QueryRecording, 'detail'> {
  return slowerThan === undefined ? {} : { detail: { slowerThan } };
}

function plansOf(config: TracingConfig): QueryRecording {
  const profile = config.enabled && config.recordMetrics;
  if (!profile || config.planDiff === 'off') return { profile, plans: false };
  return asksPerRule(config)
    ? { profile, plans: 'per-optimizer', ablationLimit: ABLATION_LIMIT }
    : { profile, plans: true };
}

/** How long the operators of a run wait for the reports of {@link queryRecording}, in milliseconds. */
export function outcomeWait(config: TracingConfig): number {
  const { plans } = queryRecording(config);
  if (plans === 'per-optimizer') return ABLATION_LIMIT + PLANS_WAIT;
  return plans === true ? PLANS_WAIT : USUAL_WAIT;
}

/** Whether plan changes are recorded for each rule, which requires spans for rules. */
function asksPerRule({ planDiff, rulePhases }: TracingConfig): boolean {
  return planDiff === 'per-rule' && rulePhases.logical === 'full';
}
