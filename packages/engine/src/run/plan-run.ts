import { planQuery, type TaskContext } from '@planscope/plan';
import { envelopeHash } from '../identity/identities.ts';
import { planFingerprint } from '../identity/plan-fingerprint.ts';
import type { Staging } from '../input/staging.ts';
import { specPlan } from '../logical/spec-node.ts';
import { specQueryPlanner } from '../planner/spec-query-planner.ts';
import { PLANSCOPE_VERSION } from '../tracer.ts';
import { instrumentedSession } from './instrumentation.ts';
import type { PlannedOutput } from './planned-output.ts';
import type { PreparedRun } from './prepare-run.ts';
import { queryRecording } from './query-recording.ts';
import type { RootSpan } from './root-span.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunNotes } from './run-notes.ts';

/** The run that is planned. */
export interface RunToPlan {
  readonly environment: RunEnvironment;
  readonly staging: Staging;
  readonly context: TaskContext;
  /** Undefined where the run is not traced. */
  readonly root: RootSpan | undefined;
  /** Take the plan and the identities as they become known. */
  readonly notes: RunNotes;
}

/** Plans a specification, and hands back its outputs with the nodes that make them. */
export async function planRun(
  { config, spec, rules, targets, inputs, readSyntax }: PreparedRun,
  { environment, staging, context, root, notes }: RunToPlan,
): Promise<PlannedOutput[]> {
  const { session, tracerProvider } = environment;
  const state = {
    analyzerRules: rules.analyzer,
    optimizerRules: rules.optimizer,
    physicalOptimizerRules: rules.physical,
    queryPlanner: specQueryPlanner({
      session,
      staging,
      recording: queryRecording(config),
      targetOf: (output) => targets.get(output),
    }),
  };
  const planned = await planQuery(instrumentedSession(state, config, tracerProvider), specPlan(spec), context);
  notes.planned = planned;
  notes.planFingerprint = await planFingerprint(planned.logicalPlan, readSyntax);
  root?.setPlanFingerprint(notes.planFingerprint);
  notes.envelopeHash = envelopeHash({
    engine: { name: 'duckdb', version: session.version },
    planscope: PLANSCOPE_VERSION,
    settings: await session.settings(),
    inputs,
  });
  root?.setEnvelopeHash(notes.envelopeHash);
  return spec.outputs.map((output, index) => {
    const node = planned.plan.children[index];
    if (node === undefined) throw new Error(`[planscope/engine] a rule took away the plan of output "${output.name}"`);
    return { output, node, target: targets.get(output) };
  });
}
