import type { AttributeDefinition, SpanKindName } from '../definition.ts';
import { PLANSCOPE_METRICS_PREFIX } from '../operator-metrics.ts';

export const ATTR_SPAN_KIND = 'planscope.span.kind';
export const ATTR_RUN_ID = 'planscope.run.id';
export const ATTR_ENVELOPE_HASH = 'planscope.envelope_hash';
export const ATTR_PLAN_FINGERPRINT = 'planscope.plan.fingerprint';
export const ATTR_PLAN_EXECUTED_FINGERPRINT = 'planscope.plan.executed_fingerprint';
export const ATTR_PLAN_PREVIOUS_FINGERPRINT = 'planscope.plan.previous_fingerprint';
export const ATTR_PLAN_PREVIOUS_SEEN = 'planscope.plan.previous_seen';
export const ATTR_PLAN_PREVIOUS_RUNS = 'planscope.plan.previous_runs';
export const ATTR_PLAN_PREVIOUS_SAMPLED_RUNS = 'planscope.plan.previous_sampled_runs';
export const ATTR_PLAN_PREVIOUS_COMPUTE = 'planscope.plan.previous_compute';
export const ATTR_PLAN_PREVIOUS_DURATION = 'planscope.plan.previous_duration';
export const ATTR_PLAN_PREVIOUS_ROWS = 'planscope.plan.previous_rows';
export const ATTR_PLAN_SAMPLED_RUNS = 'planscope.plan.sampled_runs';
export const ATTR_PLAN_COMPUTE = 'planscope.plan.compute';
export const ATTR_PLAN_DURATION = 'planscope.plan.duration';
export const ATTR_PLAN_ROWS = 'planscope.plan.rows';
export const ATTR_PLAN_REGRESSED = 'planscope.plan.regressed';
export const ATTR_PLAN_COMPARED_NUMBER = 'planscope.plan.compared_number';
export const ATTR_PLAN_COMPARED_FACTOR = 'planscope.plan.compared_factor';
export const ATTR_PLAN_COMPARED_FACTOR_LOW = 'planscope.plan.compared_factor_low';
export const ATTR_PLAN_COMPARED_FACTOR_HIGH = 'planscope.plan.compared_factor_high';
export const ATTR_PLAN_COMPARED_CHANCE = 'planscope.plan.compared_chance';
export const ATTR_QUERY_FINGERPRINT = 'planscope.query.fingerprint';
export const ATTR_PLAN_REUSED = 'planscope.plan.reused';
export const ATTR_PLANNER = 'planscope.planner';
export const ATTR_PLAN_DIFF_BASIS = 'planscope.plan_diff.basis';
export const ATTR_PLAN_DIFF_UNAVAILABLE_REASON = 'planscope.plan_diff.unavailable_reason';
export const ATTR_RULE_NAME = 'planscope.rule.name';
export const ATTR_RULE_MAY_FAIL = 'planscope.rule.may_fail';
export const ATTR_RULE_INVOCATIONS = 'planscope.rule.invocations';
export const ATTR_RULE_APPLIED = 'planscope.rule.applied';
export const ATTR_PLANNING_STEP = 'planscope.planning.step';
export const ATTR_OPERATOR_NAME = 'planscope.operator.name';
export const ATTR_OPERATOR_ID = 'planscope.operator.id';
export const ATTR_TIMING_BASIS = 'planscope.timing.basis';
export const ATTR_TIMING_CLAMPED = 'planscope.timing.clamped';
export const ATTR_TIMING_REPORTED_DURATION = 'planscope.timing.reported_duration';
export const ATTR_TRACING_PRESET = 'planscope.tracing.preset';
export const ATTR_TRACING_PLAN_DIFF = 'planscope.tracing.plan_diff';
export const ATTR_TRACING_PREVIEW_LIMIT = 'planscope.tracing.preview_limit';
export const ATTR_SPANS_DROPPED = 'planscope.spans.dropped';
export const ATTR_WARNING_COUNT = 'planscope.warnings.count';
export const ATTR_WARNING_CODES = 'planscope.warnings.codes';
export const ATTR_RUN_STATUS = 'planscope.run.status';
export const ATTR_DETAIL = 'planscope.detail';
export const ATTR_TENANT = 'planscope.tenant';

const LABEL_PREFIX = 'planscope.label.';

/** The attribute key for a label of a query. */
export function queryLabelKey(name: string): string {
  return LABEL_PREFIX + name;
}

export const ATTR_METRICS_ROUNDED = 'planscope.rounded_metrics';
export const ATTR_METRIC_SOURCES = 'planscope.metric_sources';

/** The origin of the start and end of a span. */
export type TimingBasis = 'measured' | 'engine_duration' | 'observed_events' | 'execution_window' | 'proportional';

/** Every {@link TimingBasis}. */
export const TIMING_BASES: readonly TimingBasis[] = [
  'measured',
  'engine_duration',
  'observed_events',
  'execution_window',
  'proportional',
];

const every: readonly SpanKindName[] = [
  'run',
  'query',
  'phase',
  'rule',
  'stage',
  'task',
  'operator',
  'storage',
  'custom',
  'probe',
];

/** Planscope's own attributes. */
export const planscopeAttributes: readonly AttributeDefinition[] = [
  {
    key: ATTR_SPAN_KIND,
    type: 'string',
    text: 'code',
    values: every,
    meaning: 'The kind of the Planscope span.',
    spans: every,
    setBy: ['engine', 'rule-instrumentation', 'exec-instrumentation', 'object-store', 'duckdb', 'bootstrap'],
  },
  {
    key: ATTR_RUN_ID,
    type: 'string',
    text: 'code',
    meaning: 'Id of the run: a random UUID.',
    spans: ['run', 'stage', 'task', 'operator'],
    setBy: ['engine', 'exec-instrumentation'],
  },
  {
    key: ATTR_ENVELOPE_HASH,
    type: 'string',
    text: 'code',
    meaning:
      'SHA-256 of the engine version, the settings and the inputs with size and etag, in hexadecimal. Two runs with equal spec hash, envelope hash and rulepack fingerprint are replays of each other.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_PLAN_FINGERPRINT,
    type: 'string',
    text: 'code',
    meaning:
      'SHA-256 of the shape of the optimized plan of the specification, in hexadecimal. It does not depend on literals, locations and sizes of inputs.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_QUERY_FINGERPRINT,
    type: 'string',
    text: 'code',
    meaning:
      'SHA-256 of the SQL of the query, in hexadecimal. It does not depend on literals, how many there are in a list, white space, comments, and the case of words.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_EXECUTED_FINGERPRINT,
    type: 'string',
    text: 'code',
    meaning:
      'SHA-256 of the operators that the engine executed, in hexadecimal: their names, inputs and descriptions. It does not depend on literals, estimates, limits, files and numbers of rows.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_FINGERPRINT,
    type: 'string',
    text: 'code',
    meaning: 'Fingerprint of the plan that the query had before; on the event `planscope.plan.changed`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_SEEN,
    type: 'string',
    text: 'code',
    meaning:
      'When a run of the previous plan ended last, in UTC as `2026-11-29T10:15:00.000Z`; on the event `planscope.plan.changed`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_RUNS,
    type: 'int',
    unit: '{run}',
    meaning: 'Runs of the previous plan in a row; on the event `planscope.plan.changed`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_SAMPLED_RUNS,
    type: 'int',
    unit: '{run}',
    meaning:
      'Runs of the previous plan of which its medians are: the last ones that did not fail, at most five; on the events `planscope.plan.changed` and `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_COMPUTE,
    type: 'int',
    unit: 'ns',
    meaning: 'Median compute time of the previous plan, summed over operators and threads; on the same events.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_DURATION,
    type: 'int',
    unit: 'ns',
    meaning: 'Median duration of the query with the previous plan; on the same events.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_PREVIOUS_ROWS,
    type: 'int',
    unit: '{row}',
    meaning:
      'Median of the rows that the operators of the previous plan passed on and its scans of tables looked at; on the same events.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_SAMPLED_RUNS,
    type: 'int',
    unit: '{run}',
    meaning: 'Runs of the plan of which its medians are; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPUTE,
    type: 'int',
    unit: 'ns',
    meaning:
      'Median compute time of the plan, summed over operators and threads; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_DURATION,
    type: 'int',
    unit: 'ns',
    meaning: 'Median duration of the query with the plan; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_ROWS,
    type: 'int',
    unit: '{row}',
    meaning:
      'Median of the rows that the operators of the plan passed on and its scans of tables looked at; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_REGRESSED,
    type: 'boolean',
    meaning:
      'Whether the query became worse with the plan, by the thresholds of `planscope compare`; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPARED_NUMBER,
    type: 'string',
    text: 'code',
    values: ['compute', 'duration', 'rows'],
    meaning:
      'The number that shows best how the plans differ: `compute`, `duration` or `rows`; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPARED_FACTOR,
    type: 'double',
    unit: '1',
    meaning: 'That number of the plan divided by the one of the previous plan; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPARED_FACTOR_LOW,
    type: 'double',
    unit: '1',
    meaning: 'The least value of the factor, with 95%; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPARED_FACTOR_HIGH,
    type: 'double',
    unit: '1',
    meaning: 'The largest value of the factor, with 95%; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_COMPARED_CHANCE,
    type: 'double',
    unit: '1',
    meaning:
      'Probability that chance makes such an increase of that number, from 0 to 1, by a rank test; on the event `planscope.plan.compared`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_PLAN_REUSED,
    type: 'boolean',
    meaning:
      'Whether the logical plan was reused from an earlier run of the same specification over the same inputs. If so, the phases that create it have no spans, and the requests that check the inputs are directly below the run.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_TENANT,
    type: 'string',
    text: 'code',
    meaning: 'For whom the query ran, as the program said.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: queryLabelKey('*'),
    type: 'string',
    text: 'code',
    meaning: 'A label that the program gave to the query.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DETAIL,
    type: 'string',
    text: 'code',
    values: ['summary'],
    meaning: 'Present if only the totals of the query were kept, because it was fast and raised no warning.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_RUN_STATUS,
    type: 'string',
    text: 'code',
    values: ['ok', 'error', 'cancelled'],
    meaning:
      'How the run, operator, stage or task ended; `cancelled` if the consumer stopped early or a signal was aborted.',
    spans: ['run', 'query', 'operator', 'stage', 'task'],
    setBy: ['engine', 'exec-instrumentation', 'duckdb'],
  },
  {
    key: ATTR_PLANNER,
    type: 'string',
    text: 'code',
    meaning: 'The planner of the span: `spec` for the specification, else the name of the engine.',
    spans: ['phase', 'rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_PLANNING_STEP,
    type: 'string',
    text: 'code',
    meaning: "The engine's own name for a reported phase or rule, for example `planner_binding`.",
    spans: ['phase', 'rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_PLAN_DIFF_BASIS,
    type: 'string',
    text: 'code',
    values: ['observed', 'reported', 'ablation', 'unavailable'],
    meaning:
      'Origin of a plan diff: plans observed before and after, plans reported by the engine, plans made by disabling optimizers, or not available.',
    spans: ['phase', 'rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_PLAN_DIFF_UNAVAILABLE_REASON,
    type: 'string',
    text: 'code',
    meaning: 'Why a requested plan diff of a rule is not available.',
    spans: ['rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_RULE_NAME,
    type: 'string',
    text: 'code',
    meaning: 'Name of the rule.',
    spans: ['rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_RULE_MAY_FAIL,
    type: 'boolean',
    meaning: 'Set to true on a rule whose failure does not fail the phase.',
    spans: ['rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_RULE_INVOCATIONS,
    type: 'int',
    unit: '{invocation}',
    meaning: 'Number of calls of the rule, if the engine reports it; the span then includes all calls.',
    spans: ['rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_RULE_APPLIED,
    type: 'int',
    unit: '{invocation}',
    meaning: 'Number of those calls that changed the plan; if it is 0, the rule is not `(modified)`.',
    spans: ['rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_OPERATOR_NAME,
    type: 'string',
    text: 'code',
    meaning: 'Name of the physical operator.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_OPERATOR_ID,
    type: 'string',
    text: 'code',
    meaning: 'Id of a reported operator in its report; reported reads refer to it.',
    spans: ['operator', 'storage'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_TIMING_BASIS,
    type: 'string',
    text: 'code',
    values: TIMING_BASES,
    meaning:
      'Origin of the times: `measured` live; `engine_duration`, a real duration with a derived start; `observed_events`, from the first to the last event that the engine logged; `execution_window`, the operator ran at some time in this window; `proportional`, by share of the compute time (opt-in).',
    spans: every,
    setBy: ['engine', 'rule-instrumentation', 'exec-instrumentation', 'object-store', 'duckdb', 'bootstrap'],
  },
  {
    key: ATTR_TIMING_CLAMPED,
    type: 'boolean',
    meaning: 'Set to true if a reported time was outside of the parent span and was moved to its edge.',
    spans: ['phase', 'rule', 'stage', 'task', 'operator', 'storage'],
    setBy: ['rule-instrumentation', 'exec-instrumentation'],
  },
  {
    key: ATTR_TIMING_REPORTED_DURATION,
    type: 'int',
    unit: 'ns',
    meaning: 'The duration that the engine reported, if the span has a different one.',
    spans: ['phase', 'rule', 'stage', 'task', 'operator', 'storage'],
    setBy: ['rule-instrumentation', 'exec-instrumentation'],
  },
  {
    key: ATTR_TRACING_PRESET,
    type: 'string',
    text: 'code',
    meaning: 'The tracing preset of the configuration.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_TRACING_PLAN_DIFF,
    type: 'string',
    text: 'code',
    values: ['off', 'on', 'per-rule'],
    meaning: 'Whether plan diffs were requested.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_TRACING_PREVIEW_LIMIT,
    type: 'int',
    unit: '{row}',
    meaning: 'Maximum number of rows in a preview; 0 means that previews were off.',
    spans: ['run'],
    setBy: ['engine'],
  },
  {
    key: ATTR_SPANS_DROPPED,
    type: 'int',
    unit: '{span}',
    meaning: 'Spans that were dropped because the span budget was used up.',
    spans: ['run', 'query'],
    setBy: ['engine', 'exec-instrumentation', 'duckdb'],
  },
  {
    key: ATTR_WARNING_COUNT,
    type: 'int',
    unit: '{warning}',
    meaning: 'Number of warnings.',
    spans: ['run', 'query', 'operator'],
    setBy: ['engine', 'exec-instrumentation', 'duckdb'],
  },
  {
    key: ATTR_WARNING_CODES,
    type: 'string[]',
    text: 'code',
    meaning: 'The distinct codes of the warnings, sorted.',
    spans: ['run', 'query', 'operator'],
    setBy: ['engine', 'exec-instrumentation', 'duckdb'],
  },
  {
    key: `${PLANSCOPE_METRICS_PREFIX}*`,
    type: 'number',
    meaning:
      'Any other metric of the operator, query, stage or task, aggregated over its partitions by the rule of its type; times in ns, sizes in bytes.',
    spans: ['operator', 'query', 'stage', 'task'],
    setBy: ['exec-instrumentation', 'duckdb'],
  },
  {
    key: ATTR_METRICS_ROUNDED,
    type: 'string[]',
    text: 'code',
    meaning: 'Names of the metrics beyond 2^53, whose attributes have the nearest number.',
    spans: ['operator', 'stage', 'task'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_METRIC_SOURCES,
    type: 'string[]',
    text: 'code',
    meaning:
      'Sources of metrics, as `name=source`, where they are not the usual ones: bytes and requests are sums of logged reads and writes (`io_log`), other reported numbers are of the profiler (`profile`). `settings` is a setting of the engine.',
    spans: ['query', 'operator', 'stage', 'task'],
    setBy: ['exec-instrumentation', 'duckdb'],
  },
];
