import type { AnalyzerRule, QueryPlanner } from '@planscope/plan';
import type { TrinoSession } from '@planscope/trino';
import type { BackendRun, CatalogTarget, QueryReader, RunToPrepare } from '../backend/engine-backend.ts';
import type { InputSpec, OutputSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { TrinoPackage } from './load-trino.ts';
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
}

/** One run on Trino: its inputs and outputs are tables, or rows for the caller. */
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

  constructor({ trino, session, options: names }: TrinoRunMeans, { spec, values }: RunToPrepare) {
    for (const [index, input] of (spec.inputs ?? []).entries()) checkInput(`inputs[${index}]`, input, names);
    const targets = new Map<string, CatalogTarget>();
    for (const [index, output] of spec.outputs.entries()) {
      const target = outputTarget(`outputs[${index}]`, output, names);
      if (target !== undefined) targets.set(output.name, target);
    }
    this.targets = targets;
    this.inputs = new TrinoInputs(names);
    const parameters = new TrinoParameters(trino, session, spec, values);
    this.parameters = parameters.identity;
    const means = { trino, session, names, parameters };
    this.resolveSchemas = resolveTrinoSchemas(means);
    this.queryPlanner = trinoQueryPlanner({ ...means, targetOf: ({ name }) => targets.get(name) });
  }

  async begin(): Promise<void> {
    // Everything was checked without a request; tables are checked while the run is planned.
  }

  async confirm(): Promise<void> {
    // A query reads each of its tables in one state.
  }

  async dispose(): Promise<void> {
    // A run leaves nothing behind.
  }
}

function checkInput(field: string, { location, format, table = '', access }: InputSpec, names: TableNames): void {
  if (location !== undefined) {
    const text = `${JSON.stringify(location)} is a place of files, and Trino reads tables; write table: "catalog.schema.table". For files in a store, that is an external table of the connector hive or iceberg`;
    throw unsupported(`${field}.location`, text);
  }
  if (format !== undefined && format !== 'table') {
    throw unsupported(
      `${field}.format`,
      `${JSON.stringify(format)} is not "table"; Trino knows the format of its tables, so leave it out`,
    );
  }
  if (access !== undefined) {
    throw unsupported(
      `${field}.access`,
      `${JSON.stringify(access)} does not apply: Trino reads its tables itself; leave it out`,
    );
  }
  qualifiedTable(table, `${field}.table`, names);
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
