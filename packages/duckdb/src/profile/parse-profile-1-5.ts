import { ProfileFields } from './profile-fields.ts';
import type { ExtraInfo, PlanningProfile, ProfiledOperator, QueryProfile, TimedStep } from './query-profile.ts';

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
