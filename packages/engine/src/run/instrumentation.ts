import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { duckdbDialect, duckdbReportRecorders } from '@planscope/duckdb';
import {
  type ExecutionInstrumentationOptions,
  instrumentExecution,
  type OperatorReportOptions,
} from '@planscope/exec-instrumentation';
import type { SessionState } from '@planscope/plan';
import { instrumentSession, type PlanningTraceOptions } from '@planscope/rule-instrumentation';
import { spanFilterOf } from '../filter/span-filter-of.ts';
import { spanLevels } from '../filter/span-levels.ts';
import { storageSpans } from '../filter/storage-spans.ts';
import { outcomeWait } from './query-recording.ts';

const LOGICAL_PHASES: ReadonlySet<string> = new Set(['analyze_logical_plan', 'optimize_logical_plan']);

/**
 * A session whose planning and execution are traced as configured; the same session if tracing is off.
 *
 * @param options.logical whether the phases that make the logical plan are traced; default true
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

/** For a reused plan: a phase that does nothing has no span. */
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
    redaction: {
      plans: config.privacy.planLiterals === 'keep' ? 'raw' : 'placeholders',
      errors: config.privacy.errorMessages === 'keep' ? 'raw' : 'known-templates',
    },
    dialect: duckdbDialect,
    isEnabled: (kind, name) => filter.enables(kind, name, spanLevels[kind]),
    tracerProvider,
  };
}

/** For operators of the plan and for those that an engine reported. */
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
