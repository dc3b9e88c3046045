import { randomUUID } from 'node:crypto';
import type { TracingConfig } from '@planscope/config';
import type { QueryParameters } from '@planscope/duckdb';
import type { RunIdentity, WarningSink } from '@planscope/plan';
import type { BackendRun } from '../backend/engine-backend.ts';
import { rulepackFingerprint, specHash } from '../identity/identities.ts';
import { type RuleSet, runRules } from '../rules/rulepack.ts';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { parseSpec } from '../spec/parse-spec.ts';
import { planningRequests } from './planning-requests.ts';
import type { RunEnvironment } from './run-environment.ts';
import { RunStores } from './run-stores.ts';
import { runTracing } from './run-tracing.ts';

/** Everything about a run that is known before its work starts. */
export interface PreparedRun {
  readonly config: TracingConfig;
  readonly spec: ExecutionSpec;
  readonly rules: RuleSet;
  /** What the database engine does for it. */
  readonly backend: BackendRun;
  readonly specHash: string;
  readonly rulepackFingerprint: string;
}

/** A run that cannot start. It has the engine's configuration, because its own could not be read. */
export interface RefusedRun {
  readonly config: TracingConfig;
  readonly failure: unknown;
}

/** What a run needs before it is known whether it can start. */
export interface RunMeans {
  readonly warn: WarningSink;
  /** Called with the number of bytes fetched from stores during planning. */
  readonly noteBytes: (bytes: number) => void;
  /** Called with the number of bytes that the database engine itself read from stores during planning. */
  readonly noteEngineBytes: (bytes: number) => void;
}

/** Parses a specification and resolves its configuration, rules and stores, without requests to stores. */
export function prepareRun(
  environment: RunEnvironment,
  input: unknown,
  { warn, noteBytes, noteEngineBytes }: RunMeans,
  values: QueryParameters = {},
): PreparedRun | RefusedRun {
  const { options, tracerProvider, planCache } = environment;
  try {
    const spec = parseSpec(input);
    const config = runTracing(options, spec.runtime).config;
    const stores = new RunStores(environment.stores, config, tracerProvider, warn);
    const remembered = planCache?.inputs;
    const requests = planningRequests(config, environment, noteEngineBytes);
    const run = { spec, config, stores, values, remembered, requests, warn, noteBytes };
    const backend = environment.backend.prepare(run);
    const rules = runRules(spec.rulepack, options.rules ?? {}, backend);
    const names = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);
    const fingerprint = rulepackFingerprint({
      analyzer: names(rules.analyzer),
      optimizer: names(rules.optimizer),
      physical: names(rules.physical),
    });
    return { config, spec, rules, backend, specHash: specHash(spec), rulepackFingerprint: fingerprint };
  } catch (failure) {
    return { config: runTracing(options).config, failure };
  }
}

/** The identity of a new run, from what is known before it starts. */
export function runIdentityOf(prepared: PreparedRun | RefusedRun): RunIdentity {
  const { ruleMode, customSpanFields } = prepared.config;
  const runId = randomUUID();
  if ('failure' in prepared) return { runId, ruleMode, customFields: customSpanFields };
  const { spec, specHash, rulepackFingerprint } = prepared;
  return {
    runId,
    specHash,
    rulepackFingerprint,
    profile: spec.rulepack?.profile ?? 'default',
    ruleMode,
    customFields: { ...customSpanFields, ...spec.runtime?.tags },
  };
}
