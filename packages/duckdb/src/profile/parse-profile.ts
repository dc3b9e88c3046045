import type { ExtraInfo, PlanningProfile, ProfiledOperator, QueryProfile, TimedStep } from './query-profile.ts';

type ProfileParser = (json: unknown, withSteps: boolean) => QueryProfile;

const parsers: Readonly<Record<string, ProfileParser>> = { '1.5': parseProfile15 };

/** Why a profile could not be used. */
export type ProfileFault = 'profile-missing' | 'profile-unreadable' | 'profile-version-unknown';

export type ParsedProfile =
  | { readonly profile: QueryProfile }
  | { readonly fault: ProfileFault; readonly reason: string };

/**
 * Reads a profile with the parser of the DuckDB that wrote it. Never throws.
 *
 * @param text undefined where DuckDB wrote none
 * @param version of DuckDB, for example `v1.5.6`
 * @param withSteps whether to parse the single steps of the planner; default true
 */
export function parseProfile(text: string | undefined, version: string, withSteps = true): ParsedProfile {
  const parse = parsers[/^v?(\d+\.\d+)/.exec(version)?.[1] ?? ''];
  if (parse === undefined) {
    const known = Object.keys(parsers).join(', ');
    return {
      fault: 'profile-version-unknown',
      reason: `profiles of DuckDB ${version} are not known, those of ${known} are`,
    };
  }
  if (text === undefined) return { fault: 'profile-missing', reason: 'DuckDB wrote no profile' };
  const json = parseJson(text);
  // The parser's own message would quote the profile, which holds the query.
  if (json === undefined) return { fault: 'profile-unreadable', reason: 'the profile is cut short or no JSON' };
  try {
    return { profile: parse(json, withSteps) };
  } catch (error) {
    return { fault: 'profile-unreadable', reason: `the profile is not as expected: ${(error as Error).message}` };
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
 * The profile that DuckDB 1.5 writes.
 *
 * @param withSteps with each optimizer and step of the physical planner
 * @throws Error naming the field that is missing or of another kind
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
    // One that did not run is listed with a time of zero.
    optimizer: withSteps ? steps(root, OPTIMIZER).filter((step) => step.duration > 0) : [],
    physicalPlanner: root.seconds('physical_planner'),
    physicalSteps: withSteps ? steps(root, PHYSICAL_STEP) : [],
  };
}

/** In alphabetical order, as the order in the file is that of a hash table. */
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

/** The fields of one object of a profile, each checked as it is read. */
export class ProfileFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @param where names the object in errors */
  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} is no object`);
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
    if (typeof value !== 'string') throw new Error(`${this.#where}.${key} is no text`);
    return value;
  }

  count(key: string): number {
    const value = this.value(key);
    if (typeof value !== 'number') throw new Error(`${this.#where}.${key} is no number`);
    return value;
  }

  /** A time in seconds as whole nanoseconds. */
  seconds(key: string): number {
    return Math.round(this.count(key) * NANOSECONDS_PER_SECOND);
  }

  object(key: string): ProfileFields {
    return new ProfileFields(this.value(key), `${this.#where}.${key}`);
  }

  children(): ProfileFields[] {
    const value = this.value('children');
    if (!Array.isArray(value)) throw new Error(`${this.#where}.children is no list`);
    return value.map((child, index) => new ProfileFields(child, `${this.#where}.children[${index}]`));
  }
}
