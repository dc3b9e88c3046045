import { randomUUID } from 'node:crypto';
import type { TracingConfig } from '@planscope/config';
import type { QueryParameters } from '@planscope/duckdb';
import type { RunIdentity, WarningSink } from '@planscope/plan';
import { rulepackFingerprint, specHash } from '../identity/identities.ts';
import { RunInputs } from '../input/run-inputs.ts';
import { RunParameters } from '../input/run-parameters.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputTarget } from '../planner/output-plan.ts';
import { type RuleSet, runRules } from '../rules/rulepack.ts';
import { type ExecutionSpec, formatOf, type OutputSpec } from '../spec/execution-spec.ts';
import { parseSpec } from '../spec/parse-spec.ts';
import { rememberingReader, type SyntaxReader } from '../sql/walk-syntax.ts';
import type { RunEnvironment } from './run-environment.ts';
import { RunStores } from './run-stores.ts';
import { runTracing } from './run-tracing.ts';

/** Everything about a run that is known before its work starts. */
export interface PreparedRun {
  readonly config: TracingConfig;
  readonly spec: ExecutionSpec;
  readonly rules: RuleSet;
  /** Destinations of the outputs with a location, by name. */
  readonly targets: ReadonlyMap<string, OutputTarget>;
  /** The objects of the inputs; filled before or during planning. */
  readonly inputs: RunInputs;
  readonly parameters: RunParameters;
  readonly specHash: string;
  readonly rulepackFingerprint: string;
  readonly readSyntax: SyntaxReader;
  readonly noteBytes: (bytes: number) => void;
  /** Starts reading all queries together, so that DuckDB parses them with one statement. */
  readonly readAhead: () => void;
}

/** A run that cannot start. It has the engine's configuration, because its own could not be read. */
export interface RefusedRun {
  readonly config: TracingConfig;
  readonly failure: unknown;
}

/** What a run needs before it is known whether it can start. */
export interface RunMeans {
  readonly staging: Staging;
  readonly warn: WarningSink;
  /** Called with the number of bytes fetched from stores during planning. */
  readonly noteBytes: (bytes: number) => void;
}

/** Parses a specification and resolves its configuration, rules and stores, without requests to stores. */
export function prepareRun(
  environment: RunEnvironment,
  input: unknown,
  { staging, warn, noteBytes }: RunMeans,
  values: QueryParameters = {},
): PreparedRun | RefusedRun {
  const { session, options, tracerProvider } = environment;
  try {
    const spec = parseSpec(input);
    const config = runTracing(options, spec.runtime).config;
    const stores = new RunStores(environment.stores, config, tracerProvider, warn);
    for (const { location, format } of spec.inputs ?? []) if (format !== 'ducklake') stores.resolve(location);
    const inputs = new RunInputs({ session, stores, roots: environment.roots, staging, noteBytes });
    const parameters = new RunParameters(session, spec, values);
    const readSyntax = rememberingReader((sql) => session.syntaxTree(sql));
    const readReferences = rememberingReader((sql) => session.tableReferences(sql));
    const remembered = environment.planCache?.inputs;
    const means = { session, staging, inputs, parameters, remembered, noteBytes, readReferences };
    const rules = runRules(spec.rulepack, options.rules ?? {}, means);
    const targets = outputTargets(spec, stores);
    const names = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);
    const fingerprint = rulepackFingerprint({
      analyzer: names(rules.analyzer),
      optimizer: names(rules.optimizer),
      physical: names(rules.physical),
    });
    return {
      config,
      spec,
      rules,
      targets,
      inputs,
      parameters,
      specHash: specHash(spec),
      rulepackFingerprint: fingerprint,
      readSyntax,
      noteBytes,
      readAhead: () => {
        for (const { sql } of spec.views ?? []) {
          // The rule that needs the result reports the error.
          for (const read of [readReferences, readSyntax]) read(sql).catch(() => {});
        }
      },
    };
  } catch (failure) {
    return { config: runTracing(options).config, failure };
  }
}

function outputTargets(spec: ExecutionSpec, stores: RunStores): Map<string, OutputTarget> {
  const targets = new Map<string, OutputTarget>();
  spec.outputs.forEach((output, index) => {
    if (output.location !== undefined) targets.set(output.name, outputTarget(output, `outputs[${index}]`, stores));
  });
  return targets;
}

function outputTarget(output: OutputSpec, field: string, stores: RunStores): OutputTarget {
  const { location = '', table = '', mode } = output;
  const format = formatOf(field, location, output.format);
  if (format === 'ducklake') return { kind: 'ducklake', url: location, table, mode: mode ?? 'append' };
  const { store, path, url } = stores.resolve(location);
  if (format === 'delta') return { kind: 'delta', place: { store, path }, url, mode: mode ?? 'append' };
  // The specification was checked: rows are not appended to files.
  return { kind: 'file', store, path, url, format, mode: mode === 'create' ? mode : 'overwrite' };
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
