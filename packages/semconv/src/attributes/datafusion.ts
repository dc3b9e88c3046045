import type { AttributeDefinition } from '../definition.ts';
import { DATAFUSION_METRICS_PREFIX } from '../operator-metrics.ts';

export const ATTR_DATAFUSION_NODE = 'datafusion.node';
export const ATTR_DATAFUSION_PARTITIONING = 'datafusion.partitioning';
export const ATTR_DATAFUSION_EMISSION_TYPE = 'datafusion.emission_type';
export const ATTR_DATAFUSION_BOUNDEDNESS = 'datafusion.boundedness';
export const ATTR_DATAFUSION_PREVIEW = 'datafusion.preview';
export const ATTR_DATAFUSION_PREVIEW_ROWS = 'datafusion.preview_rows';
export const ATTR_DATAFUSION_PLAN_DIFF = 'datafusion.plan_diff';
export const ATTR_DATAFUSION_EFFECTIVE_RULES = 'datafusion.effective_rules';
export const ATTR_DATAFUSION_OPTIMIZER_PASS = 'datafusion.optimizer.pass';
export const ATTR_DATAFUSION_OPTIMIZER_MAX_PASSES = 'datafusion.optimizer.max_passes';
export const ATTR_DATAFUSION_LOGICAL_PLAN = 'datafusion.logical_plan';
export const ATTR_DATAFUSION_PHYSICAL_PLAN = 'datafusion.physical_plan';

/**
 * Attributes with the names of datafusion-tracing, the Rust library in which this convention originated. A tool that
 * reads its traces can therefore read the traces of any engine. Attributes that the library does not have are named
 * `planscope.*`.
 */
export const datafusionAttributes: readonly AttributeDefinition[] = [
  {
    key: ATTR_DATAFUSION_NODE,
    type: 'string',
    text: 'plan',
    meaning: 'One-line description of the operator, with literals replaced; recorded at its end.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_PARTITIONING,
    type: 'string',
    text: 'code',
    meaning: 'Partitioning of the output, for example `unknown(1)`.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_EMISSION_TYPE,
    type: 'string',
    text: 'code',
    values: ['incremental', 'final', 'both'],
    meaning: 'Whether rows are emitted while the input is being read, only at its end, or both.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_BOUNDEDNESS,
    type: 'string',
    text: 'code',
    values: ['bounded', 'unbounded'],
    meaning: 'Whether the output ends by itself.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: `${DATAFUSION_METRICS_PREFIX}*`,
    type: 'number',
    meaning:
      'A metric of the operator, query, stage or task that DataFusion also has, aggregated over its partitions by the rule of its type; times in ns, sizes in bytes.',
    spans: ['operator', 'query', 'stage', 'task'],
    setBy: ['exec-instrumentation', 'duckdb'],
  },
  {
    key: ATTR_DATAFUSION_PREVIEW,
    type: 'string',
    text: 'data',
    meaning: 'The first rows of the output as a redacted text table of limited size.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_PREVIEW_ROWS,
    type: 'int',
    unit: '{row}',
    meaning: 'Rows in the preview.',
    spans: ['operator'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_PLAN_DIFF,
    type: 'string',
    text: 'plan',
    meaning: 'Unified diff of the displayed plan before and after, with literals replaced by numbered placeholders.',
    spans: ['phase', 'rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_EFFECTIVE_RULES,
    type: 'string[]',
    text: 'code',
    meaning: 'The rules that changed the plan in this phase, in order; absent if there are none.',
    spans: ['phase'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_OPTIMIZER_PASS,
    type: 'int',
    unit: '{pass}',
    meaning: 'Number of this pass of logical optimization, from 1.',
    spans: ['phase', 'rule'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_OPTIMIZER_MAX_PASSES,
    type: 'int',
    unit: '{pass}',
    meaning: 'The maximum number of passes of logical optimization.',
    spans: ['phase'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_LOGICAL_PLAN,
    type: 'string',
    text: 'plan',
    meaning:
      'The logical plan from which a physical plan is created, or that an engine reported after its analysis; one line for each node, with literals replaced.',
    spans: ['phase'],
    setBy: ['rule-instrumentation'],
  },
  {
    key: ATTR_DATAFUSION_PHYSICAL_PLAN,
    type: 'string',
    text: 'plan',
    meaning: 'The created physical plan, with one line for each node and literals replaced.',
    spans: ['phase'],
    setBy: ['rule-instrumentation'],
  },
];
