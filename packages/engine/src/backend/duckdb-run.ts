import type { DuckDBSession } from '@planscope/duckdb';
import { checkReplaceable, type ObjectCache } from '@planscope/object-store';
import type { AnalyzerRule, LogicalPlan, QueryPlanner, TaskContext } from '@planscope/plan';
import type { AllowedRoots } from '../input/allowed-roots.ts';
import { confirmDialects } from '../input/confirm-dialects.ts';
import { DirectReads } from '../input/direct-reads.ts';
import { RunInputs } from '../input/run-inputs.ts';
import { RunParameters } from '../input/run-parameters.ts';
import { Staging } from '../input/staging.ts';
import type { OutputTarget } from '../planner/output-plan.ts';
import { specQueryPlanner } from '../planner/spec-query-planner.ts';
import { resolveSchemas } from '../rules/resolve-schemas.ts';
import type { RunStores } from '../run/run-stores.ts';
import { type ExecutionSpec, formatOf, type OutputSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import { sqlShape } from '../sql/query-shape.ts';
import { readsInputsOnly, rememberingReader, type SyntaxReader } from '../sql/walk-syntax.ts';
import type { BackendRun, QueryReader, RunToPrepare } from './engine-backend.ts';
import { queryRecording } from './query-recording.ts';

/** What all runs on a DuckDB instance share. */
export interface DuckDBMeans {
  readonly session: DuckDBSession;
  /** Undefined if no objects are kept between runs. */
  readonly objectCache: ObjectCache | undefined;
  /** Undefined if locations may be anywhere. */
  readonly roots: AllowedRoots | undefined;
  /** Parent of the folders of runs; undefined for the system's folder for temporary files. */
  readonly folder: string | undefined;
}

/** One run on DuckDB: its inputs as files, its queries and its outputs. */
export class DuckDBRun implements BackendRun {
  readonly targets: ReadonlyMap<string, OutputTarget>;
  readonly inputs: RunInputs;
  readonly queries: QueryReader;
  readonly resolveSchemas: AnalyzerRule;
  readonly queryPlanner: QueryPlanner;
  readonly #means: DuckDBMeans;
  readonly #run: RunToPrepare;
  readonly #parameters: RunParameters;
  readonly #staging: Staging;
  readonly #directReads: DirectReads;

  constructor(means: DuckDBMeans, run: RunToPrepare) {
    const { session, roots, objectCache, folder } = means;
    const { spec, config, stores, values, remembered, noteBytes, requests } = run;
    this.#means = means;
    this.#run = run;
    for (const [index, { location, format }] of (spec.inputs ?? []).entries()) {
      if (location === undefined) throw onlyOnTrino(`inputs[${index}]`);
      if (format !== 'ducklake') stores.resolve(location);
    }
    const staging = new Staging(objectCache, folder);
    this.#staging = staging;
    this.inputs = new RunInputs({ session, stores, roots, staging, noteBytes, requests });
    this.#directReads = new DirectReads(stores);
    this.#parameters = new RunParameters(session, spec, values);
    this.targets = outputTargets(spec, stores);
    const readSyntax = rememberingReader((sql) => session.syntaxTree(sql));
    const references = rememberingReader((sql) => session.tableReferences(sql));
    this.queries = {
      references,
      shape: async (sql) => sqlShape(await readSyntax(sql)),
      readsInputsOnly: async (sql) => readsInputsOnly(await readSyntax(sql)),
      readAhead: () => readAhead(spec, [references, readSyntax]),
    };
    const shared = { session, staging, parameters: this.#parameters, noteBytes };
    this.resolveSchemas = resolveSchemas({
      ...shared,
      inputs: this.inputs,
      remembered,
      requests,
      readsInputsOnly: this.queries.readsInputsOnly,
    });
    this.queryPlanner = specQueryPlanner({
      ...shared,
      readSyntax,
      tables: this.inputs.tables,
      directReads: this.#directReads,
      confirm: (plan, context) => this.confirm(plan, context),
      recording: queryRecording(config),
      targetOf: ({ name }) => this.targets.get(name),
    });
  }

  get parameters(): Readonly<Record<string, string>> | undefined {
    return this.#parameters.identity;
  }

  async begin(): Promise<void> {
    await this.#parameters.bind();
    await this.#checkTargets();
    if (this.targets.size > 0) await this.#staging.makeFolder();
  }

  async confirm(plan: LogicalPlan, context: TaskContext): Promise<void> {
    await this.#directReads.confirm(plan, context);
    await confirmDialects(this.#means.session, plan);
  }

  async dispose(): Promise<void> {
    await this.inputs.tables.release();
    await this.#staging.dispose().catch(() => {
      this.#run.warn({ code: 'staging-left-behind', message: 'temporary files of the run could not be removed' });
    });
  }

  /** Checks before the query whether the output can be written. The write checks again. */
  async #checkTargets(): Promise<void> {
    for (const [index, { name, location = '' }] of this.#run.spec.outputs.entries()) {
      const target = this.targets.get(name);
      // Attaching a DuckLake checks its location.
      if (target === undefined || target.kind === 'ducklake') continue;
      const { store, path } = target.kind === 'delta' ? target.place : target;
      await this.#means.roots?.check(`outputs[${index}].location`, location, { store, path });
      if (target.kind === 'delta') continue;
      const file = store.localPath?.(path);
      if (file !== undefined) await checkReplaceable(file, { store: store.name, path });
    }
  }
}

/** Starts reading all queries together, so that DuckDB parses them with one statement. */
function readAhead({ views = [] }: ExecutionSpec, readers: readonly [QueryReader['references'], SyntaxReader]): void {
  for (const { sql } of views) {
    // The rule that needs the result reports the error.
    for (const read of readers) read(sql).catch(() => {});
  }
}

function outputTargets(spec: ExecutionSpec, stores: RunStores): Map<string, OutputTarget> {
  const targets = new Map<string, OutputTarget>();
  spec.outputs.forEach((output, index) => {
    if (output.location === undefined && output.table !== undefined) throw onlyOnTrino(`outputs[${index}]`);
    if (output.location !== undefined) targets.set(output.name, outputTarget(output, `outputs[${index}]`, stores));
  });
  return targets;
}

function onlyOnTrino(field: string): SpecError {
  const text =
    'names a table of a catalog, but the engine duckdb has none; give a location, or run it with engine: "trino"';
  return new SpecError('unsupported-by-engine', `${field}.table`, text);
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
