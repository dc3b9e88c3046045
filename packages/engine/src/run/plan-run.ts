import { checkReplaceable } from '@planscope/object-store';
import { type ExecutionPlan, type PlannedQuery, planQuery, type SessionState, type TaskContext } from '@planscope/plan';
import packageJson from '../../package.json' with { type: 'json' };
import { envelopeHash } from '../identity/identities.ts';
import { planFingerprint } from '../identity/plan-fingerprint.ts';
import { confirmDialects } from '../input/confirm-dialects.ts';
import type { Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode, specPlan } from '../logical/spec-node.ts';
import type { OutputTarget } from '../planner/output-plan.ts';
import { specQueryPlanner } from '../planner/spec-query-planner.ts';
import type { RememberedPlan } from '../reuse/plan-cache.ts';
import { withoutSources, withSources } from '../rules/resolve-inputs.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';
import { readsInputsOnly } from '../sql/walk-syntax.ts';
import { instrumentedSession, queryRecording } from './instrumentation.ts';
import type { PreparedRun } from './prepare-run.ts';
import type { RootSpan } from './root-span.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunNotes } from './run-result.ts';

/** One output and the node that computes it. */
export interface PlannedOutput {
  readonly output: OutputSpec;
  readonly node: ExecutionPlan;
  /** Destination of the file; undefined for an output without a location. */
  readonly target: OutputTarget | undefined;
  /** Rejects if the returned rows may be wrong. For a file, its `UploadExec` checks this before the upload. */
  readonly confirm: () => Promise<void>;
}

/** The run to plan. */
export interface RunToPlan {
  readonly environment: RunEnvironment;
  readonly staging: Staging;
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
  const { spec, targets } = prepared;
  const { staging, notes, root, environment } = run;
  await prepared.parameters.bind();
  await checkTargets(prepared, environment);
  const folder = targets.size > 0 ? staging.makeFolder() : undefined;
  // Awaited below. This avoids an unhandled rejection if planning fails first.
  folder?.catch(() => {});
  const known = await recall(prepared, run);
  notes.planReused = known !== undefined;
  root?.setPlanReused(notes.planReused);
  const planned = known === undefined ? await planAnew(prepared, run) : await planAgain(known, prepared, run);
  notes.planned = planned;
  await folder;
  const { plan, logicalPlan } = planned;
  const made = logicalPlan instanceof SpecNode ? logicalPlan.outputs : [];
  return spec.outputs.map((output, index) => {
    const node = plan.children[index];
    if (node === undefined) throw new Error(`[planscope/engine] a rule removed the plan of output "${output.name}"`);
    const confirm = (): Promise<void> => confirmDialects(environment.session, made[index] ?? logicalPlan);
    return { output, node, target: targets.get(output.name), confirm };
  });
}

/** Checks before the query whether the output can be written. The write checks again. */
async function checkTargets({ spec, targets }: PreparedRun, { roots }: RunEnvironment): Promise<void> {
  for (const [index, { name, location = '' }] of spec.outputs.entries()) {
    const target = targets.get(name);
    // Attaching a DuckLake checks its location.
    if (target === undefined || target.kind === 'ducklake') continue;
    const { store, path } = target.kind === 'delta' ? target.place : target;
    await roots?.check(`outputs[${index}].location`, location, { store, path });
    if (target.kind === 'delta') continue;
    const file = store.localPath?.(path);
    if (file !== undefined) await checkReplaceable(file, { store: store.name, path });
  }
}

/** The cached plan of a specification, if it is still valid. */
async function recall(prepared: PreparedRun, run: RunToPlan): Promise<RememberedPlan | undefined> {
  const { spec, specHash, inputs } = prepared;
  const known = run.environment.planCache?.plans.get(specHash);
  if (known === undefined) return undefined;
  const relations = specPlan(spec).children.filter((node) => node instanceof RelationNode);
  await inputs.find(relations, run.context);
  return known.basis === planBasis(prepared, run) ? known : undefined;
}

async function planAgain(known: RememberedPlan, prepared: PreparedRun, run: RunToPlan): Promise<PlannedQuery> {
  const plan = withSources(known.logicalPlan, (relation) => prepared.inputs.found(relation));
  const state = { ...sessionState(prepared, run), analyzerRules: [], optimizerRules: [] };
  const session = instrumentedSession(state, prepared.config, run.environment.tracerProvider, { logical: false });
  const planned = await planQuery(session, plan, run.context);
  noteFingerprint(known.fingerprint, run);
  return planned;
}

async function planAnew(prepared: PreparedRun, run: RunToPlan): Promise<PlannedQuery> {
  const { config, spec, specHash, readSyntax } = prepared;
  const { planCache, tracerProvider } = run.environment;
  prepared.readAhead();
  const session = instrumentedSession(sessionState(prepared, run), config, tracerProvider);
  const planned = await planQuery(session, specPlan(spec), run.context);
  const fingerprint = await planFingerprint(planned.logicalPlan, readSyntax);
  noteFingerprint(fingerprint, run);
  const basis = planBasis(prepared, run);
  if (planCache !== undefined && (await isRepeatable(prepared, run))) {
    planCache.plans.set(specHash, { basis, logicalPlan: withoutSources(planned.logicalPlan), fingerprint });
  }
  return planned;
}

/**
 * Whether planning again would produce the same plan. Rules of the program may decide differently, a query may read
 * something that is not an input, and a file may have changed during planning.
 */
async function isRepeatable({ spec, inputs, readSyntax }: PreparedRun, { environment }: RunToPlan): Promise<boolean> {
  const { analyzer = [], optimizer = [] } = environment.options.rules ?? {};
  if (analyzer.length > 0 || optimizer.length > 0 || inputs.changed) return false;
  const queries = await Promise.all((spec.views ?? []).map(({ sql }) => readSyntax(sql)));
  return queries.every(readsInputsOnly);
}

function sessionState(
  { config, rules, targets, readSyntax, inputs, parameters, noteBytes }: PreparedRun,
  { environment, staging }: RunToPlan,
): SessionState {
  const { session } = environment;
  return {
    analyzerRules: rules.analyzer,
    optimizerRules: rules.optimizer,
    physicalOptimizerRules: rules.physical,
    queryPlanner: specQueryPlanner({
      session,
      staging,
      readSyntax,
      tables: inputs.tables,
      parameters,
      noteBytes,
      recording: queryRecording(config),
      targetOf: ({ name }) => targets.get(name),
    }),
  };
}

function noteFingerprint(fingerprint: string, { notes, root }: RunToPlan): void {
  notes.planFingerprint = fingerprint;
  root?.setPlanFingerprint(fingerprint);
}

/**
 * Everything a plan depends on besides its specification: the envelope, the rules, and the state of the inputs, which
 * is only partly in the envelope.
 */
function planBasis(
  { inputs, parameters, rulepackFingerprint }: PreparedRun,
  { environment, notes, root }: RunToPlan,
): string {
  const { session, settings } = environment;
  const envelope = envelopeHash({
    engine: { name: 'duckdb', version: session.version },
    // All packages share one version.
    planscope: packageJson.version,
    settings,
    inputs: inputs.identities,
    ...(parameters.identity === undefined ? {} : { parameters: parameters.identity }),
  });
  notes.envelopeHash = envelope;
  root?.setEnvelopeHash(envelope);
  return [envelope, rulepackFingerprint, inputs.fingerprint()].join(' ');
}
