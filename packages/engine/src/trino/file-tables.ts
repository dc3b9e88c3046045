import { randomBytes } from 'node:crypto';
import type { PlanningContext, WarningSink } from '@planscope/plan';
import type { TrinoSession } from '@planscope/trino';
import type { Schema } from 'apache-arrow';
import type { Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { EngineError } from '../run/engine-error.ts';
import { SpecError } from '../spec/spec-error.ts';
import { type ClusterFolder, clusterFolders } from './cluster-files.ts';
import { type HiveColumn, hiveColumns, timestampDigits } from './hive-columns.ts';
import type { TrinoPackage } from './load-trino.ts';
import { FooterError, type ParquetFooters } from './parquet-footers.ts';
import { literal, quoted } from './table-names.ts';
import type { TrinoFileOptions } from './trino-options.ts';

/** What making tables over files needs. */
export interface FileTableMeans {
  readonly trino: TrinoPackage;
  readonly session: TrinoSession;
  readonly options: TrinoFileOptions;
  readonly footers: ParquetFooters;
  readonly staging: Staging;
  readonly noteBytes: (bytes: number) => void;
  readonly warn: WarningSink;
}

/** The files of an input and the columns of their table. */
interface FileInput {
  readonly relation: RelationNode;
  readonly folders: readonly ClusterFolder[];
  readonly schema: Schema;
}

/** Statements that are sent at the same time. */
const AT_ONCE = 4;
/** Footers that are asked for at the same time, of one input. */
const FOOTERS_AT_ONCE = 16;
/** How long the end of a run may wait for a cluster that does not answer, in milliseconds. */
const DROP_TIMEOUT = 10_000;

/** The tables that one run makes over the files of its inputs. */
export class FileTables {
  readonly #means: FileTableMeans;
  /** Of this run alone, whichever programs use the schema. */
  readonly #prefix = `planscope_${randomBytes(16).toString('hex')}`;
  #planned = 0;
  /** Names of the tables whose statements were sent. */
  readonly #made: string[] = [];
  /** The query that has the rows of an input, by location. */
  readonly #queries = new Map<string, string>();
  #properties: Readonly<Record<string, string>> = {};

  constructor(means: FileTableMeans) {
    this.#means = means;
  }

  /** Properties of the session that every query over the tables needs. */
  get properties(): Readonly<Record<string, string>> {
    return this.#properties;
  }

  /** The query that has the rows of an input; undefined for a table of a catalog. */
  query({ location }: RelationNode): string | undefined {
    return this.#queries.get(location);
  }

  /**
   * Makes the tables of inputs whose objects are known.
   *
   * @throws SpecError `unsupported-by-engine` or `unreadable-input`
   */
  async make(relations: readonly RelationNode[], context: PlanningContext): Promise<void> {
    const places = new Map(relations.map((relation) => [relation.location, relation]));
    const looking = [...places.values()].map((relation) => this.#look(relation, context));
    // Wait for all, so that no request outlives this call and the error does not depend on timing.
    await Promise.allSettled(looking);
    const inputs = await Promise.all(looking);
    if (inputs.length === 0) return;
    const digits = timestampDigits(inputs.map(({ schema }) => schema));
    if (digits !== undefined) {
      const precision = digits === 9 ? 'NANOSECONDS' : 'MICROSECONDS';
      this.#properties = { [`${this.#means.options.catalog}.timestamp_precision`]: precision };
    }
    const statements = inputs.flatMap((input) => this.#plan(input, digits ?? 6));
    await eachOf(statements, (create) => {
      context.signal.throwIfAborted();
      return create(context);
    });
  }

  /** Drops the tables, and only warns if that fails. The files stay. */
  async drop(): Promise<void> {
    const { session, warn, options } = this.#means;
    const left: string[] = [];
    const signal = AbortSignal.timeout(DROP_TIMEOUT);
    await eachOf(this.#made.splice(0), async (name) => {
      await run(session, `DROP TABLE IF EXISTS ${this.#sqlName(name)}`, { signal }).catch(() => left.push(name));
    });
    if (left.length === 0) return;
    const message = `tables over files could not be dropped in ${options.catalog}.${options.schema}: ${left.join(', ')}`;
    warn({ code: 'trino-table-left-behind', message });
  }

  async #look(relation: RelationNode, { signal, otelContext, budget }: PlanningContext): Promise<FileInput> {
    const { options, staging, footers, noteBytes } = this.#means;
    const field = `${relation.field}.location`;
    const objects = relation.source?.objects ?? [];
    const folders = clusterFolders(field, objects, options.locations);
    const paths: string[] = [];
    await eachOf(
      objects,
      async (object) => {
        signal.throwIfAborted();
        const index = objects.indexOf(object);
        paths[index] = await staging.fetchFooter(object, { signal, otelContext, budget, onBytes: noteBytes });
      },
      FOOTERS_AT_ONCE,
    );
    const columns = await footers.read(paths).catch((error: unknown) => {
      if (!(error instanceof FooterError)) throw error;
      const reason = `${objects[error.index]?.url}: ${error.message}`;
      throw new SpecError('unreadable-input', field, reason, { cause: error.cause });
    });
    const [first] = columns;
    if (first === undefined) throw new Error('[planscope/engine] the objects of an input are not resolved');
    for (const [index, file] of columns.entries()) {
      const problem = file.obstacle ?? (file === first ? undefined : difference(file.schema, first.schema));
      if (problem !== undefined) throw unsupported(field, `${objects[index]?.url}: ${problem}`);
    }
    return { relation, folders, schema: first.schema };
  }

  /** The statements that make the tables of an input, not sent yet. */
  #plan({ relation, folders, schema }: FileInput, digits: 6 | 9): ((context: PlanningContext) => Promise<void>)[] {
    const field = `${relation.field}.location`;
    const columns = hiveColumns(schema, digits, (column, type) =>
      unsupported(field, `column "${column}" has the type ${type}, which a table of the connector hive cannot have`),
    );
    const tables = folders.map((folder) => {
      this.#planned += 1;
      // The operators of the trace have the name of the table.
      return { folder, name: `${this.#prefix}_${this.#planned}_${plainName(relation)}` };
    });
    const list = columns.map(({ name, read }) => `${read} AS ${quoted(name)}`).join(', ');
    const parts = tables.map(({ folder, name }) => {
      const files = folder.files.map(literal).join(', ');
      return `SELECT ${list} FROM ${this.#sqlName(name)} WHERE "$path" IN (${files})`;
    });
    this.#queries.set(relation.location, parts.join('\nUNION ALL\n'));
    return tables.map(
      ({ folder, name }) =>
        (context) =>
          this.#create(name, folder, columns, field, context),
    );
  }

  /** Not by the signal: a statement that was cancelled could still make its table, after the run has dropped it. */
  async #create(
    name: string,
    { location }: ClusterFolder,
    columns: readonly HiveColumn[],
    field: string,
    { otelContext }: PlanningContext,
  ): Promise<void> {
    const { trino, session } = this.#means;
    const list = columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
    const comment = literal('Files of a run of Planscope, which drops the table when it ends');
    const properties = `external_location = ${literal(location)}, format = 'PARQUET'`;
    const sql = `CREATE TABLE ${this.#sqlName(name)} (${list}) COMMENT ${comment} WITH (${properties})`;
    this.#made.push(name);
    try {
      await run(session, sql, { session: this.#properties, otelContext });
    } catch (error) {
      if (!trino.TrinoQueryError.isInstance(error)) throw error;
      if (error.errorType !== 'USER_ERROR' && error.errorName !== 'NOT_SUPPORTED') throw error;
      throw new SpecError('unreadable-input', field, `Trino cannot make a table of it: ${error.message}`, {
        cause: error,
      });
    }
  }

  #sqlName(name: string): string {
    const { catalog, schema } = this.#means.options;
    return [catalog, schema, name].map(quoted).join('.');
  }
}

/**
 * Checks that tables over files can be made in the catalog.
 *
 * @throws EngineError `invalid-option` if it is missing or of another connector, or if the schema is missing
 */
export async function checkFileCatalog(session: TrinoSession, { catalog, schema }: TrinoFileOptions): Promise<void> {
  const sql = `SELECT connector_name FROM system.metadata.catalogs WHERE catalog_name = ${literal(catalog.toLowerCase())}`;
  const [connector] = await run(session, sql);
  if (connector?.[0] !== 'hive') {
    const found =
      connector === undefined ? 'the cluster has no such catalog' : `its connector is ${String(connector[0])}`;
    const text = `trino.files.catalog: ${JSON.stringify(catalog)} has to be a catalog of the connector hive, but ${found}`;
    throw new EngineError('invalid-option', text);
  }
  const schemas = `${quoted(catalog)}.information_schema.schemata`;
  const [known] = await run(session, `SELECT 1 FROM ${schemas} WHERE schema_name = ${literal(schema.toLowerCase())}`);
  if (known !== undefined) return;
  const text = `trino.files.schema: there is no schema ${JSON.stringify(schema)} in the catalog ${catalog}`;
  throw new EngineError('invalid-option', text);
}

/**
 * How a file differs from the first one, whose columns the table has: Trino has NULL for a column that a file lacks, and
 * reads another type in another way than DuckDB. Columns that the first one lacks are read by neither.
 */
function difference({ fields }: Schema, first: Schema): string | undefined {
  const types = new Map(fields.map(({ name, type }) => [name.toLowerCase(), String(type)]));
  for (const { name, type } of first.fields) {
    const own = types.get(name.toLowerCase());
    if (own === undefined)
      return `column "${name}" of the first file is missing; write all files with the same columns`;
    if (own !== String(type)) {
      return `column "${name}" has the type ${own}, and in the first file ${type}; write all files with the same types`;
    }
  }
  return undefined;
}

/** Calls a function for some values at a time, and waits for all of these, so that none is still sent after an error. */
async function eachOf<Value>(
  values: readonly Value[],
  call: (value: Value) => Promise<void>,
  atOnce: number = AT_ONCE,
): Promise<void> {
  for (let at = 0; at < values.length; at += atOnce) {
    const called = values.slice(at, at + atOnce).map(async (value) => call(value));
    await Promise.allSettled(called);
    await Promise.all(called);
  }
}

/** Runs a statement to its end. */
async function run(
  session: TrinoSession,
  sql: string,
  options: Parameters<TrinoSession['query']>[1] = {},
): Promise<(readonly unknown[])[]> {
  const rows: (readonly unknown[])[] = [];
  for await (const row of await session.query(sql, options)) rows.push(row);
  return rows;
}

/** The name of an input in what all catalogs take for a name. */
function plainName({ names: [name = ''] }: RelationNode): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
}

function unsupported(field: string, text: string): SpecError {
  return new SpecError('unsupported-by-engine', field, `on the engine trino: ${text}`);
}
