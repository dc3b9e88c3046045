import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import {
  type ExecutionInstrumentationOptions,
  instrumentExecution,
  type OperatorReportOptions,
} from '@planscope/exec-instrumentation';
import type { SessionState } from '@planscope/plan';
import type { SqlDialect } from '@planscope/redaction';
import { instrumentSession, type PlanningTraceOptions } from '@planscope/rule-instrumentation';
import type { EngineBackend } from '../backend/engine-backend.ts';
import { spanFilterOf, spanLevels } from '../filter/span-levels.ts';
import { ioOptions } from './io-options.ts';

const LOGICAL_PHASES: ReadonlySet<string> = new Set(['analyze_logical_plan', 'optimize_logical_plan']);

/** The run whose session is traced. */
export interface InstrumentedRun {
  readonly backend: EngineBackend;
  readonly config: TracingConfig;
  readonly tracerProvider: TracerProvider;
}

/**
 * A session whose planning and execution are traced as configured; the same session if tracing is off.
 *
 * @param options.logical whether to trace the phases that create the logical plan. Default: true
 */
export function instrumentedSession(
  state: SessionState,
  { backend, config, tracerProvider }: InstrumentedRun,
  { logical = true }: { readonly logical?: boolean } = {},
): SessionState {
  if (!config.enabled) return state;
  const planning = planningOptions(config, backend.dialect, tracerProvider);
  const execution = executionOptions(config, backend.dialect, tracerProvider);
  const rule = instrumentExecution({
    ...execution,
    outcomeWait: backend.outcomeWait(config),
    reportRecorders: backend.reportRecorders({
      planning,
      operators: execution,
      ...(config.instrumentObjectStore ? { io: ioOptions(config, tracerProvider) } : {}),
    }),
  });
  const withNodes = { ...state, physicalOptimizerRules: [...state.physicalOptimizerRules, rule] };
  return instrumentSession(withNodes, logical ? planning : withoutLogicalPhases(planning));
}

/** The options for a reused plan, for which the logical phases do nothing and have no spans. */
function withoutLogicalPhases({ isEnabled = () => true, ...options }: PlanningTraceOptions): PlanningTraceOptions {
  return { ...options, isEnabled: (kind, name) => !LOGICAL_PHASES.has(name) && isEnabled(kind, name) };
}

function planningOptions(
  config: TracingConfig,
  dialect: SqlDialect,
  tracerProvider: TracerProvider,
): PlanningTraceOptions {
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
    dialect,
    isEnabled: (kind, name) => filter.enables(kind, name, spanLevels[kind]),
    tracerProvider,
  };
}

/** Options for the operators of the plan and for the operators in engine reports. */
type OperatorOptions = ExecutionInstrumentationOptions & OperatorReportOptions;

function executionOptions(config: TracingConfig, dialect: SqlDialect, tracerProvider: TracerProvider): OperatorOptions {
  const { sqlLiterals, planLiterals, errorMessages } = config.privacy;
  const filter = spanFilterOf(config);
  return {
    recordMetrics: config.recordMetrics,
    layout: config.operatorLayout,
    maxTextBytes: config.maxAttributeBytes,
    redaction: { sqlLiterals, planLiterals, errorMessages },
    dialect,
    preview: config.preview.limit === 0 ? false : config.preview,
    isEnabled: ({ name }: { readonly name: string }) => filter.enables('operator', name, spanLevels.operator),
    tracerProvider,
  };
}
