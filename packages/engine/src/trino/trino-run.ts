import { ObjectStoreError } from '@planscope/object-store';
import { type AnalyzerRule, type LogicalPlan, type QueryPlanner, type WarningSink, walkPlan } from '@planscope/plan';
import type { TrinoSession } from '@planscope/trino';
import type { BackendRun, CatalogTarget, QueryReader, RunToPrepare } from '../backend/engine-backend.ts';
import type { AllowedRoots } from '../input/allowed-roots.ts';
import { currentState, type InputObject, objectState } from '../input/input-source.ts';
import { Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { formatOf, type InputFormat, type InputSpec, isTableFormat, type OutputSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import { FileTables } from './file-tables.ts';
import type { TrinoPackage } from './load-trino.ts';
import type { ParquetFooters } from './parquet-footers.ts';
import { qualifiedTable, type TableNames } from './table-names.ts';
import { namedRelations } from './table-references.ts';
import { TrinoInputs } from './trino-inputs.ts';
import type { TrinoOptions } from './trino-options.ts';
import { TrinoParameters } from './trino-parameters.ts';
import { trinoQueryPlanner } from './trino-planner.ts';
import { resolveTrinoSchemas } from './trino-schemas.ts';
import { tokenShape } from './trino-shape.ts';

/** What all runs on a cluster share. */
export interface TrinoRunMeans {
  readonly trino: TrinoPackage;
  readonly session: TrinoSession;
  readonly options: TrinoOptions;
  /** Undefined if locations may be anywhere. */
  readonly roots: AllowedRoots | undefined;
  readonly footers: ParquetFooters;
  /** Checks that tables over files can be made. */
  readonly checkFileCatalog: () => Promise<void>;
}

/** One run on Trino: its inputs are tables or files, its outputs tables or rows for the caller. */
export class TrinoRun implements BackendRun {
  readonly targets: ReadonlyMap<string, CatalogTarget>;
  readonly inputs: TrinoInputs;
  readonly queries: QueryReader = {
    references: async (sql) => namedRelations(sql),
    shape: async (sql) => tokenShape(sql),
    readsInputsOnly: async () => false,
    readAhead: () => {},
  };
  readonly parameters: Readonly<Record<string, string>> | undefined;
  readonly resolveSchemas: AnalyzerRule;
  readonly queryPlanner: QueryPlanner;

  readonly #staging = new Staging(undefined);
  readonly #fileTables: FileTables | undefined;
  readonly #checkFileCatalog: () => Promise<void>;
  readonly #warn: WarningSink;

  constructor(run: TrinoRunMeans, { spec, values, stores, noteBytes, warn }: RunToPrepare) {
    const { trino, session, options: names, roots, footers } = run;
    const inputs = spec.inputs ?? [];
    for (const [index, input] of inputs.entries()) checkInput(`inputs[${index}]`, input, names);
    for (const { location } of inputs) if (location !== undefined) stores.resolve(location);
    const targets = new Map<string, CatalogTarget>();
    for (const [index, output] of spec.outputs.entries()) {
      const target = outputTarget(`outputs[${index}]`, output, names);
      if (target !== undefined) targets.set(output.name, target);
    }
    this.targets = targets;
    this.inputs = new TrinoInputs(names, { stores, roots });
    const parameters = new TrinoParameters(trino, session, spec, values);
    this.parameters = parameters.identity;
    this.#checkFileCatalog = run.checkFileCatalog;
    this.#warn = warn;
    const { files: options } = names;
    const hasFiles = options !== undefined && inputs.some(({ location }) => location !== undefined);
    const staging = this.#staging;
    this.#fileTables = hasFiles
      ? new FileTables({ trino, session, options, footers, staging, noteBytes, warn })
      : undefined;
    const means = { trino, session, names, parameters, fileTables: this.#fileTables };
    this.resolveSchemas = resolveTrinoSchemas(means);
    this.queryPlanner = trinoQueryPlanner({ ...means, targetOf: ({ name }) => targets.get(name) });
  }

  /** Tables of catalogs are checked while the run is planned. */
  async begin(): Promise<void> {
    if (this.#fileTables !== undefined) await this.#checkFileCatalog();
  }

  /** A query reads each of its tables in one state, but finds files by their names. */
  async confirm(plan: LogicalPlan): Promise<void> {
    const relations = [...walkPlan(plan)].filter((node) => node instanceof RelationNode);
    const objects = relations.flatMap(({ source }) => source?.objects ?? []);
    for (let at = 0; at < objects.length; at += OBJECTS_AT_ONCE) {
      await Promise.all(objects.slice(at, at + OBJECTS_AT_ONCE).map(checkUnchanged));
    }
  }

  async dispose(): Promise<void> {
    await this.#fileTables?.drop();
    await this.#staging.dispose().catch(() => {
      this.#warn({ code: 'staging-left-behind', message: 'temporary files of the run could not be removed' });
    });
  }
}

/** Objects whose state is asked for at the same time. */
const OBJECTS_AT_ONCE = 16;

async function checkUnchanged(object: InputObject): Promise<void> {
  if ((await currentState(object)) === objectState(object)) return;
  const { store, meta, url } = object;
  const text = `${url} has changed while Trino read it, so the rows may be wrong`;
  throw new ObjectStoreError('Precondition', text, { store: store.name, path: meta.path });
}

function checkInput(field: string, input: InputSpec, options: TrinoOptions): void {
  const { location, format, table = '', access } = input;
  if (access !== undefined) {
    throw unsupported(
      `${field}.access`,
      `${JSON.stringify(access)} does not apply: Trino reads its inputs itself; leave it out`,
    );
  }
  if (location !== undefined) {
    checkFiles(field, location, format, options);
    return;
  }
  if (format !== undefined && format !== 'table') {
    throw unsupported(
      `${field}.format`,
      `${JSON.stringify(format)} is not "table"; Trino knows the format of its tables, so leave it out`,
    );
  }
  qualifiedTable(table, `${field}.table`, options);
}

function checkFiles(field: string, location: string, format: InputFormat | undefined, { files }: TrinoOptions): void {
  const found = formatOf<InputFormat>(field, location, format);
  if (isTableFormat(found)) {
    const text = `${JSON.stringify(found)} is a table of a lake; write table: "catalog.schema.table" of the connector ${found}`;
    throw unsupported(`${field}.format`, text);
  }
  if (found !== 'parquet') {
    const text = `${JSON.stringify(found)} is read in other ways than by DuckDB; make it Parquet or a table`;
    throw unsupported(`${field}.${format === undefined ? 'location' : 'format'}`, text);
  }
  if (files !== undefined) return;
  const text = `${JSON.stringify(location)} is a place of files; write table: "catalog.schema.table", or set trino.files of the engine to a schema of the connector hive, in which it can make a table of them`;
  throw unsupported(`${field}.location`, text);
}

function outputTarget(
  field: string,
  { location, format, table, mode = 'append', partitionBy }: OutputSpec,
  names: TableNames,
): CatalogTarget | undefined {
  if (location !== undefined) {
    const text = `${JSON.stringify(location)} is a place of files, and Trino writes tables; write table: "catalog.schema.table", or leave it out to get the rows`;
    throw unsupported(`${field}.location`, text);
  }
  if (format !== undefined) {
    throw unsupported(
      `${field}.format`,
      `${JSON.stringify(format)} does not apply: the connector of a table chooses its format; leave it out`,
    );
  }
  if (partitionBy !== undefined) {
    const text = `${JSON.stringify(partitionBy)} is a property of a table that each connector names differently; create the table first, and use the mode "append"`;
    throw unsupported(`${field}.partitionBy`, text);
  }
  if (table === undefined) return undefined;
  if (mode === 'overwrite') {
    throw unsupported(
      `${field}.mode`,
      '"overwrite" is not possible in one statement for every connector; use "create" or "append"',
    );
  }
  return { kind: 'table', table: qualifiedTable(table, `${field}.table`, names).name, mode };
}

function unsupported(field: string, text: string): SpecError {
  return new SpecError('unsupported-by-engine', field, `on the engine trino: ${text}`);
}
