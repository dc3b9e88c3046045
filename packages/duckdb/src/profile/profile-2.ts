import { producedRows } from './operator-rows.ts';
import { belowCollector, extraInfo, type ProfileFields, timedSteps, withoutNumbers } from './profile-fields.ts';
import type { ExtraInfo, PlanningProfile, ProfiledIo, ProfiledOperator, QueryProfile } from './query-profile.ts';

/** Keys by group. The groups `optimizer` and `physical_planner` list steps, under any name. */
const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  io: [
    ...['total_bytes_read', 'total_bytes_written', 'total_read_operations', 'total_read_time'],
    ...['total_write_operations', 'total_write_time'],
  ],
  operator: [
    ...['bytes_scanned', 'children', 'extra_info', 'intermediate_rows', 'intermediate_size_bytes', 'name'],
    ...['row_groups_scanned', 'rows_scanned', 'timing', 'total_row_groups_to_scan', 'type'],
  ],
  planner: ['binding_time', 'total_time'],
  query: [
    ...['cpu_time', 'sql', 'total_bytes_scanned', 'total_intermediate_rows', 'total_intermediate_size_bytes'],
    ...['total_row_groups_scanned', 'total_row_groups_to_scan', 'total_rows_scanned', 'total_time'],
  ],
  storage: [
    ...['attach_load_storage_latency', 'attach_replay_wal_latency', 'checkpoint_latency'],
    ...['commit_local_storage_latency', 'waiting_to_attach_latency', 'write_to_wal_latency'],
  ],
  system: [
    ...['blocked_thread_time', 'peak_buffer_memory', 'peak_streaming_buffer_size', 'peak_temp_dir_size'],
    ...['total_bytes_spilled', 'total_memory_allocated'],
  ],
};
const STEP_GROUPS: readonly string[] = ['optimizer', 'physical_planner'];

/** How a profile of DuckDB 2 is read. */
export interface Profile2Options {
  /** Whether to include each optimizer and each step of the physical planner. */
  readonly withSteps: boolean;
  /** Whether the statement ran to its end; undefined if only the profile can tell. */
  readonly isFinished: boolean | undefined;
}

/**
 * Reads a profile of DuckDB 2.
 *
 * @throws Error that names the missing or invalid field
 */
export function parseProfile2(root: ProfileFields, { withSteps, isFinished }: Profile2Options): QueryProfile {
  const roots = root.has('operator') ? root.list('operator') : [];
  const all = roots.map(operator);
  const operators = belowCollector(all);
  const isUnfinished = isFinished === undefined ? looksUnfinished(all, operators) : !isFinished;
  const totals = parseTotals2(root, isUnfinished);
  const rows = isUnfinished || operators.length === 0 ? undefined : producedRows(operators);
  return {
    ...(root.has('planner') ? { planning: planning(root, withSteps) } : {}),
    ...totals,
    ...given('rowsReturned', rows),
    ...(isUnfinished ? { isUnfinished } : {}),
    operators: isUnfinished ? operators.map(withoutNumbers) : operators,
  };
}

/** Operators that put out a row in every statement that they end. */
const GIVES_A_ROW: ReadonlySet<string> = new Set([
  'BATCH_COPY_TO_FILE',
  'BATCH_CREATE_TABLE_AS',
  'COPY_TO_FILE',
  'CREATE_TABLE_AS',
  'UNGROUPED_AGGREGATE',
]);

/**
 * Whether the numbers prove that a statement did not run to its end: all are zero, the topmost operator lacks its row, or
 * its rows were not handed out. The profile of a statement that failed later does not show it.
 */
function looksUnfinished(all: readonly ProfiledOperator[], operators: readonly ProfiledOperator[]): boolean {
  if (all.length === 0) return false;
  if (!all.some(hasRun) || operators.some(({ type, rows }) => rows === 0 && GIVES_A_ROW.has(type))) return true;
  return operators !== all && operators.some(({ rows = 0 }) => rows > 0) && all.every(({ time }) => time === 0);
}

/** A statement that failed before a thread finished a task has only zeros. One that ended took some time. */
function hasRun({ rows, time, children }: ProfiledOperator): boolean {
  return rows !== 0 || time !== 0 || children.some(hasRun);
}

/** The totals of a profile. */
export type ProfileTotals = Pick<
  QueryProfile,
  'query' | 'duration' | 'peakMemory' | 'peakTemporaryStorage' | 'leastSpilled' | 'io'
>;

/**
 * Reads the totals only.
 *
 * @param isUnfinished the memory is then often 0, because DuckDB has not counted it yet
 */
export function parseTotals2(root: ProfileFields, isUnfinished: boolean): ProfileTotals {
  const system = group(root, 'system');
  const query = group(root, 'query');
  const io = group(root, 'io');
  const peakTemporaryStorage = count(system, 'peak_temp_dir_size');
  // DuckDB 2.0.0 does not count the bytes, but nothing was spilled if there was no file.
  const leastSpilled = count(system, 'total_bytes_spilled') ?? (peakTemporaryStorage === 0 ? 0 : undefined);
  return {
    ...given('query', query?.has('sql') ? query.text('sql') : undefined),
    ...given('duration', seconds(query, 'total_time')),
    ...(isUnfinished ? {} : given('peakMemory', count(system, 'peak_buffer_memory'))),
    ...(isUnfinished ? {} : given('peakTemporaryStorage', peakTemporaryStorage)),
    ...given('leastSpilled', leastSpilled),
    ...given('io', io === undefined ? undefined : totalsOfIo(io, group(root, 'storage'), leastSpilled)),
  };
}

/**
 * What DuckDB writes to a database file or its log at a commit or a checkpoint is only partly counted, and so is what it
 * reads of a file that it attaches. The writes of temporary files are in the totals, and `total_bytes_spilled` has the
 * same ones, so the difference is what went to other files.
 */
function totalsOfIo(io: ProfileFields, storage: ProfileFields | undefined, spilled: number | undefined): ProfiledIo {
  const steps = storage?.keys() ?? [];
  const readsAll = !steps.some((key) => key.startsWith('attach_'));
  const writesAll = !steps.some((key) => /^(?:commit|write|checkpoint)_/.test(key)) && spilled !== undefined;
  const written = count(io, 'total_bytes_written');
  return {
    ...(readsAll ? given('bytesRead', count(io, 'total_bytes_read')) : {}),
    ...(readsAll ? given('reads', count(io, 'total_read_operations')) : {}),
    ...(readsAll ? given('readTime', seconds(io, 'total_read_time')) : {}),
    ...(writesAll && written !== undefined ? { bytesWritten: Math.max(0, written - spilled) } : {}),
    ...(writesAll && spilled === 0 ? given('writes', count(io, 'total_write_operations')) : {}),
    ...(writesAll && spilled === 0 ? given('writeTime', seconds(io, 'total_write_time')) : {}),
  };
}

function planning(root: ProfileFields, withSteps: boolean): PlanningProfile {
  const [planner, optimizers, physical] = ['planner', ...STEP_GROUPS].map((name) => group(root, name));
  const steps = (of: ProfileFields | undefined) =>
    of === undefined
      ? []
      : timedSteps(
          of,
          '',
          of.keys().filter((key) => key !== 'total_time'),
        );
  return {
    planner: seconds(planner, 'total_time') ?? 0,
    binding: seconds(planner, 'binding_time') ?? 0,
    optimizers: seconds(optimizers, 'total_time') ?? 0,
    optimizer: withSteps ? steps(optimizers).filter((step) => step.duration > 0) : [],
    physicalPlanner: seconds(physical, 'total_time') ?? 0,
    physicalSteps: withSteps ? steps(physical) : [],
  };
}

/** Names that differ from the type. */
const NAMES: Readonly<Record<string, string>> = {
  DELETE_OPERATOR: 'DELETE',
  RECURSIVE_CTE: 'REC_CTE',
  RECURSIVE_CTE_SCAN: 'REC_CTE_SCAN',
};

/** DuckDB 2.0.0 gives the type only. A scan has the name of its function, one of a table has none. */
function nameOf(type: string, { Function: scanned }: ExtraInfo): string {
  if (type !== 'TABLE_SCAN') return NAMES[type] ?? type;
  return typeof scanned === 'string' && scanned !== '' ? scanned : 'SEQ_SCAN';
}

function operator(fields: ProfileFields): ProfiledOperator {
  const type = fields.text('type');
  const info = extraInfo(fields.object('extra_info'));
  const time = fields.seconds('timing');
  const children = fields.has('children') ? fields.list('children').map(operator) : [];
  const scanned = count(fields, 'row_groups_scanned');
  const total = count(fields, 'total_row_groups_to_scan');
  return {
    name: fields.has('name') ? fields.text('name') : nameOf(type, info),
    type,
    rows: fields.count('intermediate_rows'),
    time,
    cumulativeTime: children.reduce((all, child) => all + (child.cumulativeTime ?? 0), time),
    ...given('rowsScanned', count(fields, 'rows_scanned')),
    ...given('bytesScanned', count(fields, 'bytes_scanned')),
    ...(scanned === undefined || total === undefined ? {} : { rowGroups: { scanned, total } }),
    ...given('resultSetSize', count(fields, 'intermediate_size_bytes')),
    extraInfo: info,
    children,
  };
}

function group(root: ProfileFields, name: string): ProfileFields | undefined {
  return root.has(name) ? root.object(name) : undefined;
}

function count(fields: ProfileFields | undefined, key: string): number | undefined {
  return fields?.has(key) ? fields.count(key) : undefined;
}

function seconds(fields: ProfileFields | undefined, key: string): number | undefined {
  return fields?.has(key) ? fields.seconds(key) : undefined;
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

/** The groups and keys that this reader does not know, for example `io.total_bytes_cached`, sorted. They are not read. */
export function unknownKeys2(root: ProfileFields): string[] {
  const found = new Set<string>();
  for (const name of root.keys()) {
    if (STEP_GROUPS.includes(name)) continue;
    if (!Object.hasOwn(KNOWN_KEYS, name)) found.add(name);
    else if (name === 'operator') for (const top of root.list(name)) unknownKeysOf(top, found);
    else addUnknown(name, root.object(name), found);
  }
  return [...found].sort();
}

function unknownKeysOf(operator: ProfileFields, found: Set<string>): void {
  addUnknown('operator', operator, found);
  if (operator.has('children')) for (const child of operator.list('children')) unknownKeysOf(child, found);
}

function addUnknown(name: string, fields: ProfileFields, found: Set<string>): void {
  for (const key of fields.keys()) if (!KNOWN_KEYS[name]?.includes(key)) found.add(`${name}.${key}`);
}
