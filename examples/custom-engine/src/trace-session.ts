import type { TracerProvider } from '@opentelemetry/api';
import { instrumentExecution } from '@planscope/exec-instrumentation';
import type { SessionState } from '@planscope/plan';
import { instrumentSession } from '@planscope/rule-instrumentation';

/** The session with its planning and its operators traced; no rule or operator knows of it. */
export function traceSession(session: SessionState, tracerProvider: TracerProvider): SessionState {
  const operators = instrumentExecution({ tracerProvider, preview: { limit: 2 } });
  const physicalOptimizerRules = [...session.physicalOptimizerRules, operators];
  return instrumentSession(
    { ...session, physicalOptimizerRules },
    { tracerProvider, mode: 'full', planDiff: true, planner: 'pipe' },
  );
}
