import { type ExecutionPlan, type PlannedQuery, planQuery, type SessionState, type TaskContext } from '@planscope/plan';
import packageJson from '../../package.json' with { type: 'json' };
import type { CatalogTarget } from '../backend/engine-backend.ts';
import { envelopeHash } from '../identity/identities.ts';
import { planFingerprint } from '../identity/plan-fingerprint.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode, specPlan } from '../logical/spec-node.ts';
import type { OutputTarget } from '../planner/output-plan.ts';
import type { RememberedPlan } from '../reuse/plan-cache.ts';
import { withoutSources, withSources } from '../rules/resolve-inputs.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';
import { type InstrumentedRun, instrumentedSession } from './instrumentation.ts';
import type { PreparedRun } from './prepare-run.ts';
import type { RootSpan } from './root-span.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunNotes } from './run-result.ts';

/** One output and the node that computes it. */
export interface PlannedOutput {
  readonly output: OutputSpec;
  readonly node: ExecutionPlan;
  /** Undefined for an output that is returned to the caller. */
  readonly target: OutputTarget | CatalogTarget | undefined;
  /** Rejects if the returned rows may be wrong. For a file, its `UploadExec` checks this before the upload. */
  readonly confirm: () => Promise<void>;
}

/** The run to plan. */
export interface RunToPlan {
  readonly environment: RunEnvironment;
  readonly context: TaskContext;
  /** Undefined if the run is not traced. */
  readonly root: RootSpan | undefined;
  /** Receive the plan and the identities as they become known. */
  readonly notes: RunNotes;
}

/**
 * Plans a specification and returns its outputs with the nodes that compute them.
 *
 * A logical plan is reused if it was created for the same inputs in the same state. Every run requests this state from
 * the stores. A physical plan contains objects of one run, so each run creates its own.
 */
export async function planRun(prepared: PreparedRun, run: RunToPlan): Promise<PlannedOutput[]> {
  const { spec, backend } = prepared;
  const { notes, root } = run;
  await backend.begin();
  const known = await recall(prepared, run);
  notes.planReused = known !== undefined;
  root?.setPlanReused(notes.planReused);
  const planned = known === undefined ? await planAnew(prepared, run) : await planAgain(known, prepared, run);
  notes.planned = planned;
  const { plan, logicalPlan } = planned;
  const made = logicalPlan instanceof SpecNode ? logicalPlan.outputs : [];
  return spec.outputs.map((output, index) => {
    const node = plan.children[index];
    if (node === undefined) throw new Error(`[planscope/engine] a rule removed the plan of output "${output.name}"`);
    const confirm = (): Promise<void> => backend.confirm(made[index] ?? logicalPlan, run.context);
    return { output, node, target: backend.targets.get(output.name), confirm };
  });
}

/** The cached plan of a specification, if it is still valid. */
async function recall(prepared: PreparedRun, run: RunToPlan): Promise<RememberedPlan | undefined> {
  const { spec, specHash, backend } = prepared;
  const known = run.environment.planCache?.plans.get(specHash);
  if (known === undefined) return undefined;
  const relations = specPlan(spec).children.filter((node) => node instanceof RelationNode);
  await backend.inputs.find(relations, run.context);
  return known.basis === planBasis(prepared, run) ? known : undefined;
}

async function planAgain(known: RememberedPlan, prepared: PreparedRun, run: RunToPlan): Promise<PlannedQuery> {
  const plan = withSources(known.logicalPlan, (relation) => prepared.backend.inputs.found(relation));
  const state = { ...sessionState(prepared), analyzerRules: [], optimizerRules: [] };
  const session = instrumentedSession(state, instrumentedRun(prepared, run), { logical: false });
  const planned = await planQuery(session, plan, run.context);
  noteFingerprint(known.fingerprint, run);
  return planned;
}

async function planAnew(prepared: PreparedRun, run: RunToPlan): Promise<PlannedQuery> {
  const { spec, specHash } = prepared;
  const { queries } = prepared.backend;
  const { planCache, backend } = run.environment;
  queries.readAhead();
  const session = instrumentedSession(sessionState(prepared), instrumentedRun(prepared, run));
  const planned = await planQuery(session, specPlan(spec), run.context);
  const fingerprint = await planFingerprint(planned.logicalPlan, {
    shape: queries.shape,
    dialect: backend.dialect,
  });
  noteFingerprint(fingerprint, run);
  const basis = planBasis(prepared, run);
  if (planCache !== undefined && basis !== undefined && (await isRepeatable(prepared, run))) {
    planCache.plans.set(specHash, { basis, logicalPlan: withoutSources(planned.logicalPlan), fingerprint });
  }
  return planned;
}

/**
 * Whether planning again would produce the same plan. Rules of the program may decide differently, a query may read
 * something that is not an input, and a file may have changed during planning.
 */
async function isRepeatable({ spec, backend }: PreparedRun, { environment }: RunToPlan): Promise<boolean> {
  const { analyzer = [], optimizer = [] } = environment.options.rules ?? {};
  if (analyzer.length > 0 || optimizer.length > 0 || backend.inputs.changed) return false;
  const known = await Promise.all((spec.views ?? []).map(({ sql }) => backend.queries.readsInputsOnly(sql)));
  return known.every(Boolean);
}

function sessionState({ rules, backend }: PreparedRun): SessionState {
  return {
    analyzerRules: rules.analyzer,
    optimizerRules: rules.optimizer,
    physicalOptimizerRules: rules.physical,
    queryPlanner: backend.queryPlanner,
  };
}

function instrumentedRun({ config }: PreparedRun, { environment }: RunToPlan): InstrumentedRun {
  const { backend, tracerProvider } = environment;
  return { backend, config, tracerProvider };
}

function noteFingerprint(fingerprint: string, { notes, root }: RunToPlan): void {
  notes.planFingerprint = fingerprint;
  root?.setPlanFingerprint(fingerprint);
}

/**
 * Everything a plan depends on besides its specification: the envelope, the rules, and the state of the inputs, which
 * is only partly in the envelope. Undefined if that state is not known.
 */
function planBasis(prepared: PreparedRun, { environment, notes, root }: RunToPlan): string | undefined {
  const { inputs, parameters } = prepared.backend;
  const { name, version, settings } = environment.backend;
  const envelope = envelopeHash({
    engine: { name, version },
    // All packages share one version.
    planscope: packageJson.version,
    settings,
    inputs: inputs.identities,
    ...(parameters === undefined ? {} : { parameters }),
  });
  notes.envelopeHash = envelope;
  root?.setEnvelopeHash(envelope);
  const state = inputs.fingerprint();
  return state && [envelope, prepared.rulepackFingerprint, state].join(' ');
}
