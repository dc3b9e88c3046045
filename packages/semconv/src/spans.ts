import type { SpanDefinition } from './definition.ts';

export const SPAN_EXECUTE = 'planscope.execute';
export const SPAN_ANALYZE_LOGICAL_PLAN = 'analyze_logical_plan';
export const SPAN_OPTIMIZE_LOGICAL_PLAN = 'optimize_logical_plan';
export const SPAN_CREATE_PHYSICAL_PLAN = 'create_physical_plan';
export const SPAN_OPTIMIZE_PHYSICAL_PLAN = 'optimize_physical_plan';
export const SPAN_PROBE = 'planscope.probe';

export const SPAN_QUEUED = 'queued';
export const SPAN_WAITING = 'waiting';
export const SPAN_DISPATCHING = 'dispatching';
export const SPAN_STAGE = 'stage';
export const SPAN_TASK = 'task';

/** Event of a query whose SQL had another plan in an earlier run of the same process. */
export const EVENT_PLAN_CHANGED = 'planscope.plan.changed';

/** Event of a query that now ran often enough with its new plan to be compared with the plan before. */
export const EVENT_PLAN_COMPARED = 'planscope.plan.compared';

/** Suffix of the span name of a rule that changed the plan. */
export const MODIFIED_SUFFIX = ' (modified)';

/** Spans of any engine. */
export const sharedSpans: readonly SpanDefinition[] = [
  {
    kind: 'run',
    names: [SPAN_EXECUTE],
    mode: 'live',
    meaning: 'One run of an execution specification, from its validation to the end of its last output.',
    setBy: ['engine'],
  },
  {
    kind: 'query',
    names: ['{db.query.summary}', '{db.operation.name}', '{db.system.name}'],
    mode: 'live',
    meaning: 'One query of a program that uses the database directly, named by the database conventions.',
    setBy: ['duckdb', 'trino'],
  },
  {
    kind: 'phase',
    names: [
      SPAN_ANALYZE_LOGICAL_PLAN,
      SPAN_OPTIMIZE_LOGICAL_PLAN,
      SPAN_CREATE_PHYSICAL_PLAN,
      SPAN_OPTIMIZE_PHYSICAL_PLAN,
    ],
    mode: 'live or reported',
    meaning: 'One phase of a planner; logical optimization has one span for each pass.',
    setBy: ['rule-instrumentation'],
  },
  {
    kind: 'phase',
    names: [SPAN_QUEUED, SPAN_WAITING, SPAN_DISPATCHING],
    mode: 'reported',
    meaning: 'A step before planning: in the queue of the engine, waiting for machines, or being sent to one.',
    setBy: ['rule-instrumentation'],
  },
  {
    kind: 'rule',
    names: ['{planscope.rule.name}', `{planscope.rule.name}${MODIFIED_SUFFIX}`],
    mode: 'live or reported',
    meaning:
      'One application of a rule, or all applications that an engine reported together; the suffix shows that it changed the plan.',
    setBy: ['rule-instrumentation'],
  },
  {
    kind: 'stage',
    names: [SPAN_STAGE],
    mode: 'reported',
    meaning:
      'One part of a plan that an engine runs on several machines, with all its tasks; it has links to the stages that it reads from.',
    setBy: ['exec-instrumentation'],
  },
  {
    kind: 'task',
    names: [SPAN_TASK],
    mode: 'reported',
    meaning: 'One attempt at the work of a stage on one machine; failed and the slowest attempts have spans.',
    setBy: ['exec-instrumentation'],
  },
  {
    kind: 'operator',
    names: ['{planscope.operator.name}'],
    mode: 'live or reported',
    meaning: 'One execution of a physical operator, with all its partitions.',
    setBy: ['exec-instrumentation'],
  },
  {
    kind: 'storage',
    names: ['{object_store.name}.{object_store.operation}'],
    mode: 'live or reported',
    meaning: 'One operation of an object store, or the reads of one file that an engine reported, grouped.',
    setBy: ['object-store', 'exec-instrumentation'],
  },
  {
    kind: 'custom',
    names: ['*'],
    mode: 'live',
    meaning: 'A step of the embedding program, with the name and the fields that it sets.',
    setBy: ['engine'],
  },
  {
    kind: 'probe',
    names: [SPAN_PROBE],
    mode: 'live',
    meaning: 'A test span that checks whether a receiver accepts spans.',
    setBy: ['bootstrap'],
  },
];
