import { clampWindow } from '@planscope/plan';
import type {
  PhaseReport,
  QueuePhaseReport,
  ReportedTiming,
  RuleReport,
  UnixNanoseconds,
} from '@planscope/plan/report';
import type { TrinoQueryStats, TrinoRule } from './query-info.ts';

/** The steps before planning that took time. */
export function queueReports(stats: TrinoQueryStats): QueuePhaseReport[] {
  const steps: readonly (readonly [QueuePhaseReport['phase'], string, number | undefined])[] = [
    ['queued', 'queuedTime', stats.queued],
    ['waiting', 'resourceWaitingTime', stats.resourceWaiting],
    ['dispatching', 'dispatchingTime', stats.dispatching],
  ];
  return steps.flatMap(([phase, step, duration = 0]) =>
    duration > 0 ? [{ phase, step, timing: rounded(duration) }] : [],
  );
}

/**
 * Analysis and optimization, with the rules that took longest.
 *
 * Trino analyzes a query while it waits for resources, and plans it after that; the planning time does not include the
 * analysis. It tells when planning started, but not when the analysis did. So the analysis is drawn as late as it can have
 * been: until planning started.
 *
 * @param end of the query
 */
export function planningReports(
  { created, executionStarted, analysis = 0, planning = 0 }: TrinoQueryStats,
  rules: readonly TrinoRule[],
  end: UnixNanoseconds,
): PhaseReport[] {
  const analyze = (): PhaseReport => ({
    phase: 'analyze_logical_plan',
    step: 'analysisTime',
    timing: placed(analysis, (start) => ({ start: start - BigInt(analysis), end: start })),
    rules: [],
  });
  const optimize = (): PhaseReport => ({
    phase: 'optimize_logical_plan',
    step: 'planningTime',
    timing: placed(planning, (start) => ({ start, end: start + BigInt(planning) })),
    rules: rules.map(ruleReport),
  });
  const placed = (
    duration: number,
    at: (start: bigint) => { readonly start: bigint; readonly end: bigint },
  ): ReportedTiming => {
    if (created === undefined || executionStarted === undefined) return rounded(duration);
    const { start, end: until } = at(BigInt(executionStarted));
    const { window } = clampWindow({ start: String(start), end: String(until) }, { start: created, end });
    return { ...rounded(duration), window };
  };
  return [...(analysis > 0 ? [analyze()] : []), ...(planning > 0 ? [optimize()] : [])];
}

/** A duration that Trino has rounded, without the instants of its start and end. */
function rounded(duration: number): ReportedTiming {
  return { basis: 'engine_duration', duration: String(duration) };
}

function ruleReport({ rule, invocations, applied, totalTime }: TrinoRule): RuleReport {
  return {
    name: rule.slice(rule.lastIndexOf('.') + 1),
    timing: { basis: 'engine_duration', duration: String(totalTime) },
    changed: applied > 0,
    invocations,
    applied,
  };
}
