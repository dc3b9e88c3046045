import { producedRows } from './operator-rows.ts';
import { type OwnPeaks, ownPeaks, type PeakOrigins } from './own-peaks.ts';
import { belowCollector, extraInfo, type ProfileFields, timedSteps } from './profile-fields.ts';
import type { PlanningProfile, ProfiledOperator, QueryProfile } from './query-profile.ts';

const OPTIMIZER = 'optimizer_';
const PHYSICAL_STEP = 'physical_planner_';

/**
 * Reads a profile of DuckDB 1.5, or of DuckDB 2 with `legacy_metrics_format`.
 *
 * @param withSteps whether to include each optimizer and each step of the physical planner
 * @param origins what else may be in its peaks
 * @throws Error that names the missing or invalid field
 */
export function parseProfile1(root: ProfileFields, withSteps: boolean, origins: PeakOrigins): QueryProfile {
  const all = root.list('children').map(operator);
  const operators = belowCollector(all);
  // It is the counter of the topmost operator, so it is 0 for the collector, which DuckDB 2 lists in this form, too, and
  // for operators that count no rows, such as a CTE.
  const returned = root.count('rows_returned');
  const rowsReturned = returned > 0 || operators.length === 0 ? returned : producedRows(operators);
  return {
    ...(root.has('planner') ? { planning: planning(root, withSteps) } : {}),
    ...(root.has('query_name') ? { query: root.text('query_name') } : {}),
    ...(root.has('latency') ? { duration: root.seconds('latency') } : {}),
    ...(rowsReturned === undefined ? {} : { rowsReturned }),
    ...peaks(root, origins),
    operators,
  };
}

function peaks(root: ProfileFields, origins: PeakOrigins): OwnPeaks {
  const memory = root.count('system_peak_buffer_memory');
  const temporaryStorage = root.count('system_peak_temp_dir_size');
  const allocated = root.has('total_memory_allocated') ? root.count('total_memory_allocated') : undefined;
  return ownPeaks({ memory, temporaryStorage }, allocated, origins);
}

function planning(root: ProfileFields, withSteps: boolean): PlanningProfile {
  const steps = (prefix: string) =>
    timedSteps(
      root,
      prefix,
      root.keys().filter((key) => key.startsWith(prefix)),
    );
  return {
    planner: root.seconds('planner'),
    binding: root.seconds('planner_binding'),
    optimizers: root.seconds('all_optimizers'),
    // Optimizers that did not run are listed with a time of zero.
    optimizer: withSteps ? steps(OPTIMIZER).filter((step) => step.duration > 0) : [],
    physicalPlanner: root.seconds('physical_planner'),
    physicalSteps: withSteps ? steps(PHYSICAL_STEP) : [],
  };
}

function operator(fields: ProfileFields): ProfiledOperator {
  return {
    name: fields.text('operator_name'),
    type: fields.text('operator_type'),
    rows: fields.count('operator_cardinality'),
    time: fields.seconds('operator_timing'),
    cumulativeTime: fields.seconds('cpu_time'),
    ...(fields.has('operator_rows_scanned') ? { rowsScanned: fields.count('operator_rows_scanned') } : {}),
    resultSetSize: fields.count('result_set_size'),
    extraInfo: extraInfo(fields.object('extra_info')),
    children: fields.list('children').map(operator),
  };
}
