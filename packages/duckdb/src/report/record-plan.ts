import type { Attributes, Span } from '@opentelemetry/api';
import type { EngineReport } from '@planscope/plan';
import {
  ATTR_PLAN_COMPARED_CHANCE,
  ATTR_PLAN_COMPARED_FACTOR,
  ATTR_PLAN_COMPARED_FACTOR_HIGH,
  ATTR_PLAN_COMPARED_FACTOR_LOW,
  ATTR_PLAN_COMPARED_NUMBER,
  ATTR_PLAN_COMPUTE,
  ATTR_PLAN_DURATION,
  ATTR_PLAN_EXECUTED_FINGERPRINT,
  ATTR_PLAN_PREVIOUS_COMPUTE,
  ATTR_PLAN_PREVIOUS_DURATION,
  ATTR_PLAN_PREVIOUS_FINGERPRINT,
  ATTR_PLAN_PREVIOUS_ROWS,
  ATTR_PLAN_PREVIOUS_RUNS,
  ATTR_PLAN_PREVIOUS_SAMPLED_RUNS,
  ATTR_PLAN_PREVIOUS_SEEN,
  ATTR_PLAN_REGRESSED,
  ATTR_PLAN_ROWS,
  ATTR_PLAN_SAMPLED_RUNS,
  ATTR_QUERY_FINGERPRINT,
  EVENT_PLAN_CHANGED,
  EVENT_PLAN_COMPARED,
} from '@planscope/semconv';
import { type PlanRuns, processPlans, type QueryOrigin } from './plan-history.ts';
import { mediansOf } from './plan-numbers.ts';

/**
 * Sets the fingerprints of the SQL and the plan. It tells if the plan changed since the last run in this process, and,
 * once both plans have run often enough, whether the query became worse with it.
 */
export function recordPlan(span: Span, report: EngineReport, ran: QueryOrigin | undefined): void {
  const observed = processPlans().observe(report, ran);
  if (observed === undefined) return;
  const { query, plan, changedFrom, compared } = observed;
  span.setAttributes({ [ATTR_QUERY_FINGERPRINT]: query, [ATTR_PLAN_EXECUTED_FINGERPRINT]: plan });
  if (changedFrom !== undefined) span.addEvent(EVENT_PLAN_CHANGED, previousPlan(changedFrom));
  if (compared === undefined) return;
  const { before, after, regressed, shown } = compared;
  const medians = mediansOf(after.numbers);
  span.addEvent(EVENT_PLAN_COMPARED, {
    ...previousPlan(before),
    [ATTR_PLAN_SAMPLED_RUNS]: after.numbers.length,
    [ATTR_PLAN_COMPUTE]: medians.compute,
    [ATTR_PLAN_DURATION]: medians.duration,
    [ATTR_PLAN_ROWS]: medians.rows,
    [ATTR_PLAN_REGRESSED]: regressed,
    [ATTR_PLAN_COMPARED_NUMBER]: shown.name,
    [ATTR_PLAN_COMPARED_FACTOR]: shown.factor,
    [ATTR_PLAN_COMPARED_FACTOR_LOW]: shown.interval[0],
    [ATTR_PLAN_COMPARED_FACTOR_HIGH]: shown.interval[1],
    [ATTR_PLAN_COMPARED_CHANCE]: shown.chance,
  });
}

function previousPlan({ plan, seen, runs, numbers }: PlanRuns): Attributes {
  const medians = mediansOf(numbers);
  return {
    [ATTR_PLAN_PREVIOUS_FINGERPRINT]: plan,
    [ATTR_PLAN_PREVIOUS_SEEN]: new Date(seen).toISOString(),
    [ATTR_PLAN_PREVIOUS_RUNS]: runs,
    [ATTR_PLAN_PREVIOUS_SAMPLED_RUNS]: numbers.length,
    [ATTR_PLAN_PREVIOUS_COMPUTE]: medians.compute,
    [ATTR_PLAN_PREVIOUS_DURATION]: medians.duration,
    [ATTR_PLAN_PREVIOUS_ROWS]: medians.rows,
  };
}
