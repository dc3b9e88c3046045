import type { TracingConfigInput } from '@planscope/config';
import { SpecError } from './spec-error.ts';

/** What to compute, as data: inputs, views over them, outputs of the views. */
export interface ExecutionSpec {
  readonly version: 1;
  readonly inputs?: readonly InputSpec[];
  readonly views?: readonly ViewSpec[];
  /** At least one. */
  readonly outputs: readonly OutputSpec[];
  readonly rulepack?: RulepackSpec;
  /** How this run is traced; not part of the specification's identity. */
  readonly runtime?: RuntimeSpec;
}

/** A relation read from a file or object. */
export interface InputSpec {
  /** The name that views and outputs use. */
  readonly name: string;
  /** A path or URL (`file:`, `memory:`, …); `*`, `?` and `**` match several objects. */
  readonly location: string;
  /** Default: by the ending of the location. */
  readonly format?: DataFormat;
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
  /** The input or view that it holds. */
  readonly from: string;
  /** Where the file goes; without it the output is handed back as Arrow record batches. */
  readonly location?: string;
  /** Default: by the ending of the location. */
  readonly format?: DataFormat;
  /** `create` fails when there is an object already; default `overwrite`. */
  readonly mode?: 'overwrite' | 'create';
}

/** Which of the engine's own rules run. */
export interface RulepackSpec {
  /** Default `default`. */
  readonly profile?: RulepackProfile;
  /** Rules to run beside those of the profile. */
  readonly add?: readonly string[];
  /** Rules of the profile to leave out. */
  readonly exclude?: readonly string[];
}

/** How a run is traced, which does not change what it computes. */
export interface RuntimeSpec {
  readonly tracingPreset?: string;
  readonly tracing?: TracingConfigInput;
  /** Put on the spans of the run beside the custom span fields. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
}

/** A format of files that are read and written. */
export type DataFormat = 'parquet' | 'csv' | 'json';

export const DATA_FORMATS: readonly DataFormat[] = ['parquet', 'csv', 'json'];

/** A named set of rules to start from. */
export type RulepackProfile = 'default' | 'strict' | 'low-latency';

export const RULEPACK_PROFILES: readonly RulepackProfile[] = ['default', 'strict', 'low-latency'];

/** Endings that stand for a format; each may be followed by `.gz` or `.zst` where the format can be compressed. */
const formatByEnding: Readonly<Record<string, DataFormat>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
};

/**
 * The format that was given, else the one the location's ending stands for.
 *
 * @param field where in the specification the location is
 * @throws SpecError `unknown-format` when neither says it
 */
export function formatOf(field: string, location: string, format: DataFormat | undefined): DataFormat {
  if (format !== undefined) return format;
  const ending = /\.([A-Za-z0-9]+)(?:\.(?:gz|zst))?$/.exec(location)?.[1]?.toLowerCase() ?? '';
  const known = formatByEnding[ending];
  if (known !== undefined) return known;
  throw new SpecError(
    'unknown-format',
    `${field}.format`,
    `the ending of the location names no format; set it to one of ${DATA_FORMATS.join(', ')}`,
  );
}
