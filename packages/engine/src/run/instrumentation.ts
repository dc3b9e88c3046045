import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { duckdbDialect, duckdbReportRecorders, type QueryRecording } from '@planscope/duckdb';
import {
  type ExecutionInstrumentationOptions,
  instrumentExecution,
  type OperatorReportOptions,
} from '@planscope/exec-instrumentation';
import type { SessionState } from '@planscope/plan';
import { instrumentSession, type PlanningTraceOptions } from '@planscope/rule-instrumentation';
import { spanFilterOf, spanLevels, storageSpans } from '../filter/span-levels.ts';

const LOGICAL_PHASES: ReadonlySet<string> = new Set(['analyze_logical_plan', 'optimize_logical_plan']);

/**
 * A session whose planning and execution are traced as configured; the same session if tracing is off.
 *
 * @param options.logical whether to trace the phases that create the logical plan. Default: true
 */
export function instrumentedSession(
  state: SessionState,
  config: TracingConfig,
  tracerProvider: TracerProvider,
  { logical = true }: { readonly logical?: boolean } = {},
): SessionState {
  if (!config.enabled) return state;
  const planning = planningOptions(config, tracerProvider);
  const execution = executionOptions(config, tracerProvider);
  const storage = storageSpans(config);
  const io = {
    tracerProvider,
    maxTextBytes: config.maxAttributeBytes,
    isEnabled: (name: string) => storage(name, 'info'),
  };
  const rule = instrumentExecution({
    ...execution,
    outcomeWait: outcomeWait(config),
    reportRecorders: duckdbReportRecorders({
      planning,
      operators: execution,
      ...(config.instrumentObjectStore ? { io } : {}),
    }),
  });
  const withNodes = { ...state, physicalOptimizerRules: [...state.physicalOptimizerRules, rule] };
  return instrumentSession(withNodes, logical ? planning : withoutLogicalPhases(planning));
}

/** The options for a reused plan, for which the logical phases do nothing and have no spans. */
function withoutLogicalPhases({ isEnabled = () => true, ...options }: PlanningTraceOptions): PlanningTraceOptions {
  return { ...options, isEnabled: (kind, name) => !LOGICAL_PHASES.has(name) && isEnabled(kind, name) };
}

function planningOptions(config: TracingConfig, tracerProvider: TracerProvider): PlanningTraceOptions {
  const { analyzer, logical, physical } = config.rulePhases;
  const filter = spanFilterOf(config);
  return {
    mode: config.ruleMode,
    analyzer,
    optimizer: logical,
    physical,
    planDiff: config.planDiff !== 'off',
    maxTextBytes: config.maxAttributeBytes,
    redaction: config.privacy,
    dialect: duckdbDialect,
    isEnabled: (kind, name) => filter.enables(kind, name, spanLevels[kind]),
    tracerProvider,
  };
}

/** Options for the operators of the plan and for the operators in engine reports. */
type OperatorOptions = ExecutionInstrumentationOptions & OperatorReportOptions;

function executionOptions(config: TracingConfig, tracerProvider: TracerProvider): OperatorOptions {
  const { sqlLiterals, planLiterals, errorMessages } = config.privacy;
  const filter = spanFilterOf(config);
  return {
    recordMetrics: config.recordMetrics,
    layout: config.operatorLayout,
    maxTextBytes: config.maxAttributeBytes,
    redaction: { sqlLiterals, planLiterals, errorMessages },
    dialect: duckdbDialect,
    preview: config.preview.limit === 0 ? false : config.preview,
    isEnabled: ({ name }: { readonly name: string }) => filter.enables('operator', name, spanLevels.operator),
    tracerProvider,
  };
}

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
