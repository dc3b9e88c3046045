// For users.

// Many runs.
export { type PlanChange, type PlanPeriod, planChanges } from './compare/plan-changes.ts';
export type { PlanComparison } from './compare/plan-comparison.ts';
export { type QuerySample, type SampleNumbers, type SampleOperator, samplesOf } from './compare/query-sample.ts';
export {
  type Comparison,
  type OperatorChange,
  type Regression,
  type RegressionCause,
  type RegressionOptions,
  regressions,
  regressionsOfSamples,
} from './compare/regressions.ts';
export { type Evidence, type Finding, type Severity, type ShareOf, severityOf } from './finding.ts';
export { type FindingsOptions, findings } from './findings.ts';
// Live, in a program.
export { FindingsProcessor, type FindingsProcessorOptions } from './live/findings-processor.ts';
// For rules of a program.
export { defineRule, type Match, type Rule, type Threshold, type Thresholds, type ThresholdValues } from './rule.ts';
export { rules } from './rules.ts';
export { type PlanOperator, type QueryPlan, RunView } from './run-view.ts';
