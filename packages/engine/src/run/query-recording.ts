import type { TracingConfig } from '@planscope/config';
import type { QueryRecording } from '@planscope/duckdb';

/** Most time that finding out what each of DuckDB's optimizers did may take, in milliseconds. */
const ABLATION_LIMIT = 1000;
/** Most time that showing the plans may take, a second, with what DuckDB takes until it heeds an interrupt. */
const PLANS_WAIT = 1500;
/** What an operator waits for its outcome otherwise. */
const USUAL_WAIT = 250;

/** What of DuckDB's own work a run records. */
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

/** How long the operators of a run wait for what {@link queryRecording} asks for, in milliseconds. */
export function outcomeWait(config: TracingConfig): number {
  const { plans } = queryRecording(config);
  if (plans === 'per-optimizer') return ABLATION_LIMIT + PLANS_WAIT;
  return plans === true ? PLANS_WAIT : USUAL_WAIT;
}

/** Differences of single rules have no place where rules have no spans. */
function asksPerRule({ planDiff, rulePhases }: TracingConfig): boolean {
  return planDiff === 'per-rule' && rulePhases.logical === 'full';
}
