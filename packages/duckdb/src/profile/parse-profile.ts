import type { ExtraInfo, PlanningProfile, ProfiledOperator, QueryProfile, TimedStep } from './query-profile.ts';

type ProfileParser = (json: unknown, withSteps: boolean) => QueryProfile;

const parsers: Readonly<Record<string, ProfileParser>> = { '1.5': parseProfile15 };

/** Why a profile cannot be used. */
export type ProfileFault = 'profile-missing' | 'profile-unreadable' | 'profile-version-unknown';

export type ParsedProfile =
  | { readonly profile: QueryProfile }
  | { readonly fault: ProfileFault; readonly reason: string };

/**
 * Reads a profile with the parser for the version of DuckDB that wrote it. Never throws.
 *
 * @param text undefined if DuckDB wrote no profile
 * @param version version of DuckDB, for example `v1.5.6`
 * @param withSteps whether to parse the individual steps of the planner. Default: true
 */
export function parseProfile(text: string | undefined, version: string, withSteps = true): ParsedProfile {
  const parse = parsers[/^v?(\d+\.\d+)/.exec(version)?.[1] ?? ''];
  if (parse === undefined) {
    const known = Object.keys(parsers).join(', ');
    return {
      fault: 'profile-version-unknown',
      reason: `profiles of DuckDB ${version} are not supported; supported versions: ${known}`,
    };
  }
  if (text === undefined) return { fault: 'profile-missing', reason: 'DuckDB wrote no profile' };
  const json = parseJson(text);
  // The message of JSON.parse would quote the profile, which contains the query.
  if (json === undefined) return { fault: 'profile-unreadable', reason: 'the profile is truncated or not JSON' };
  try {
    return { profile: parse(json, withSteps) };
  } catch (error) {
    return { fault: 'profile-unreadable', reason: `the profile is invalid: ${(error as Error).message}` };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const OPTIMIZER = 'optimizer_';
const PHYSICAL_STEP = 'physical_planner_';

/**
 * Parses a profile of DuckDB 1.5.
 *
 * @param withSteps whether to include each optimizer and each step of the physical planner
 * @throws Error that names the missing or invalid field
 */
export function parseProfile15(json: unknown, withSteps: boolean): QueryProfile {
  const root = new ProfileFields(json, 'profile');
  return {
    ...(root.has('planner') ? { planning: planning(root, withSteps) } : {}),
    ...(root.has('query_name') ? { query: root.text('query_name') } : {}),
    rowsReturned: root.count('rows_returned'),
    peakMemory: root.count('system_peak_buffer_memory'),
    peakTemporaryStorage: root.count('system_peak_temp_dir_size'),
    operators: root.children().map(operator),
  };
}

function planning(root: ProfileFields, withSteps: boolean): PlanningProfile {
  return {
    planner: root.seconds('planner'),
    binding: root.seconds('planner_binding'),
    optimizers: root.seconds('all_optimizers'),
    // Optimizers that did not run are listed with a time of zero.
    optimizer: withSteps ? steps(root, OPTIMIZER).filter((step) => step.duration > 0) : [],
    physicalPlanner: root.seconds('physical_planner'),
    physicalSteps: withSteps ? steps(root, PHYSICAL_STEP) : [],
  };
}

/** Sorted by name, because the file has them in the order of a hash table. */
function steps(root: ProfileFields, prefix: string): TimedStep[] {
  return root
    .keys()
    .filter((key) => key.startsWith(prefix))
    .sort()
    .map((key) => ({ name: key.slice(prefix.length), duration: root.seconds(key) }));
}

function operator(fields: ProfileFields): ProfiledOperator {
  return {
    name: fields.text('operator_name'),
    type: fields.text('operator_type'),
    rows: fields.count('operator_cardinality'),
    time: fields.seconds('operator_timing'),
    cumulativeTime: fields.seconds('cpu_time'),
    rowsScanned: fields.count('operator_rows_scanned'),
    resultSetSize: fields.count('result_set_size'),
    extraInfo: extraInfo(fields.object('extra_info')),
    children: fields.children().map(operator),
  };
}

function extraInfo(fields: ProfileFields): ExtraInfo {
  return Object.fromEntries(fields.keys().map((key) => [key, infoValue(fields.value(key))]));
}

function infoValue(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

const NANOSECONDS_PER_SECOND = 1e9;

/** The fields of one object in a profile. Each read checks the type. */
export class ProfileFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @param where path of the object, for error messages */
  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`${where} is not an object`);
    this.#fields = value as Record<string, unknown>;
    this.#where = where;
  }

  has(key: string): boolean {
    return key in this.#fields;
  }

  keys(): string[] {
    return Object.keys(this.#fields);
  }

  value(key: string): unknown {
    if (!this.has(key)) throw new Error(`${this.#where}.${key} is missing`);
    return this.#fields[key];
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string') throw new Error(`${this.#where}.${key} is not a string`);
    return value;
  }

  count(key: string): number {
    const value = this.value(key);
    if (typeof value !== 'number') throw new Error(`${this.#where}.${key} is not a number`);
    return value;
  }

  /** Converts a time in seconds to whole nanoseconds. */
  seconds(key: string): number {
    return Math.round(this.count(key) * NANOSECONDS_PER_SECOND);
  }

  object(key: string): ProfileFields {
    return new ProfileFields(this.value(key), `${this.#where}.${key}`);
  }

  children(): ProfileFields[] {
    const value = this.value('children');
    if (!Array.isArray(value)) throw new Error(`${this.#where}.children is not an array`);
    return value.map((child, index) => new ProfileFields(child, `${this.#where}.children[${index}]`));
  }
}
