import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { duckdbReportRecorders } from '@planscope/duckdb';
import { type ExecutionInstrumentationOptions, instrumentExecution } from '@planscope/exec-instrumentation';
import type { SessionState } from '@planscope/plan';
import { instrumentSession, type PlanningTraceOptions } from '@planscope/rule-instrumentation';

/** A session whose planning and execution are traced as the configuration says; the same session where it says off. */
export function instrumentedSession(
  state: SessionState,
  config: TracingConfig,
  tracerProvider: TracerProvider,
): SessionState {
  if (!config.enabled) return state;
  const planning = planningOptions(config, tracerProvider);
  const execution = executionOptions(config, tracerProvider);
  const rule = instrumentExecution({
    ...execution,
    reportRecorders: duckdbReportRecorders({
      planning,
      operators: execution,
      ...(config.instrumentObjectStore ? { io: { tracerProvider, maxTextBytes: config.maxAttributeBytes } } : {}),
    }),
  });
  const withNodes = { ...state, physicalOptimizerRules: [...state.physicalOptimizerRules, rule] };
  return instrumentSession(withNodes, planning);
}

function planningOptions(config: TracingConfig, tracerProvider: TracerProvider): PlanningTraceOptions {
  const { analyzer, logical, physical } = config.rulePhases;
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
    tracerProvider,
  };
}

function executionOptions(config: TracingConfig, tracerProvider: TracerProvider): ExecutionInstrumentationOptions {
  const { planLiterals, errorMessages } = config.privacy;
  return {
    recordMetrics: config.recordMetrics,
    maxTextBytes: config.maxAttributeBytes,
    redaction: { planLiterals, errorMessages },
    preview: config.preview.limit === 0 ? false : config.preview,
    tracerProvider,
  };
}
