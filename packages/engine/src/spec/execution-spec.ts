import type { TracingConfigInput } from '@planscope/config';
import { SpecError } from './spec-error.ts';

/** What to compute, as data: inputs, views over the inputs, and outputs. */
export interface ExecutionSpec {
  readonly version: 1;
  readonly inputs?: readonly InputSpec[];
  readonly views?: readonly ViewSpec[];
  /** At least one. */
  readonly outputs: readonly OutputSpec[];
  readonly rulepack?: RulepackSpec;
  /** How the run is traced; not part of the identity of the specification. */
  readonly runtime?: RuntimeSpec;
}

/** A relation that is read from files, from objects, or from a table of a lake or of a catalog. */
export interface InputSpec {
  /** The name that views and outputs use. */
  readonly name: string;
  /**
   * A path or URL (`file:`, `memory:`, …); `*`, `?` and `**` match several objects. For `delta` and `iceberg`, the folder
   * of the table; for `ducklake`, its catalogue as in DuckDB's ATTACH, for example `ducklake:lake.ducklake`. On Trino,
   * Parquet files, if `trino.files` is set; absent for a table of a catalog.
   */
  readonly location?: string;
  /** Default: from the extension of the location; `table` without a location. */
  readonly format?: InputFormat;
  /**
   * Who reads a remote input. `direct`: DuckDB reads the parts it needs from the store. `fetch`: the engine fetches whole
   * objects through its own stores. Default: `direct` where DuckDB can do it, which the trace shows; `fetch` for CSV and
   * JSON.
   */
  readonly access?: InputAccess;
  /**
   * Name of the table in a DuckLake: `table`, or `schema.table`. On Trino `catalog.schema.table`; the options of the
   * engine say the catalog and the schema if they are missing.
   */
  readonly table?: string;
  /**
   * Version of a Delta table, or id of a snapshot of an Iceberg table, a DuckLake or a table on Trino. Default: the latest.
   */
  readonly version?: number | string;
}

/** A named query over inputs and other views. */
export interface ViewSpec {
  readonly name: string;
  /** One SELECT statement in the engine's SQL. */
  readonly sql: string;
}

/** One result of the run. */
export interface OutputSpec {
  readonly name: string;
  /** Name of the input or view with its rows. */
  readonly from: string;
  /**
   * Path or URL of the file, of the folder of a Delta table, or a DuckLake as in `ducklake:lake.ducklake`. Without it, the
   * output is returned as Arrow record batches, or written to the `table` on Trino.
   */
  readonly location?: string;
  /** Default: from the extension of the location. */
  readonly format?: OutputFormat;
  /** Name of the table in a DuckLake, or on Trino `catalog.schema.table`. */
  readonly table?: string;
  /**
   * `create` fails if the object or table already exists; `append` adds rows to a table. Default: `overwrite` for a file,
   * `append` for a table.
   */
  readonly mode?: OutputMode;
  /**
   * Names of the columns that partition a Delta table that is created: a file has rows with equal values in them. Default:
   * none; a table that exists keeps its own.
   */
  readonly partitionBy?: readonly string[];
}

/** What happens to an object or a table that already exists. */
export type OutputMode = 'overwrite' | 'create' | 'append';

/** Which of the engine's built-in rules run. */
export interface RulepackSpec {
  /** Default: `default`. */
  readonly profile?: RulepackProfile;
  /** Rules to run in addition to those of the profile. */
  readonly add?: readonly string[];
  /** Rules of the profile that do not run. */
  readonly exclude?: readonly string[];
}

/** How a run is traced. This does not affect its results. */
export interface RuntimeSpec {
  readonly tracingPreset?: string;
  readonly tracing?: TracingConfigInput;
  /** Attributes for the spans of the run, in addition to the custom span fields. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
}

/** A file format of inputs and outputs. */
export type DataFormat = 'parquet' | 'csv' | 'json';

export const DATA_FORMATS: readonly DataFormat[] = ['parquet', 'csv', 'json'];

/**
 * A format of tables: in a lake, each of which consists of files and of a log or catalogue, or `table` for a table of a
 * catalog on Trino.
 */
export type TableFormat = 'delta' | 'iceberg' | 'ducklake' | 'table';

export const TABLE_FORMATS: readonly TableFormat[] = ['delta', 'iceberg', 'ducklake', 'table'];

/** A format of outputs. */
export type OutputFormat = DataFormat | 'delta' | 'ducklake';

/** A format of inputs. */
export type InputFormat = DataFormat | TableFormat;

export function isTableFormat(format: InputFormat): format is TableFormat {
  return (TABLE_FORMATS as readonly string[]).includes(format);
}

/** Who reads the objects of an input. */
export type InputAccess = 'direct' | 'fetch';

export const INPUT_ACCESSES: readonly InputAccess[] = ['direct', 'fetch'];

/** A named set of rules. */
export type RulepackProfile = 'default' | 'strict' | 'low-latency';

export const RULEPACK_PROFILES: readonly RulepackProfile[] = ['default', 'strict', 'low-latency'];

/** File extensions and their formats. The extension may be followed by `.gz` or `.zst`. */
const formatByEnding: Readonly<Record<string, DataFormat>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
};

/**
 * The given format, else the format of the location's extension.
 *
 * @param field field of the location in the specification
 * @throws SpecError `unknown-format` if no format is given and the extension is unknown
 */
export function formatOf<Format extends InputFormat = DataFormat>(
  field: string,
  location: string,
  format: Format | undefined,
): Format | DataFormat {
  if (format !== undefined) return format;
  const ending = /\.([A-Za-z0-9]+)(?:\.(?:gz|zst))?$/.exec(location)?.[1]?.toLowerCase() ?? '';
  const known = formatByEnding[ending];
  if (known !== undefined) return known;
  throw new SpecError(
    'unknown-format',
    `${field}.format`,
    `the location has no known file extension; set the format to one of ${DATA_FORMATS.join(', ')}`,
  );
}
