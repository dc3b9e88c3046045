import type { AttributeDefinition, SpanKindName, TextAttributeDefinition } from '../definition.ts';
import type { TextKind } from '../text-kind.ts';

export const ATTR_STAGE_ID = 'planscope.stage.id';
export const ATTR_STAGE_PARENTS = 'planscope.stage.parents';
export const ATTR_STAGE_TASK_COUNT = 'planscope.stage.task_count';
export const ATTR_STAGE_FAILED_TASK_COUNT = 'planscope.stage.failed_task_count';
export const ATTR_STAGE_UNDRAWN_TASK_COUNT = 'planscope.stage.undrawn_task_count';
export const ATTR_TASK_ID = 'planscope.task.id';
export const ATTR_TASK_ATTEMPT = 'planscope.task.attempt';
export const ATTR_TASK_HOST = 'planscope.task.host';
export const ATTR_OPERATOR_INPUT_STAGES = 'planscope.operator.input_stages';
export const ATTR_PARTIAL = 'planscope.partial';
export const ATTR_ENGINE_ERROR_TYPE = 'planscope.engine.error_type';

const SPREAD_PREFIX = 'planscope.stage.spread.';

/** The key of a number in a distribution over the tasks of a stage: `planscope.stage.spread.output_rows.median`. */
export function stageSpreadKey(name: string, number: 'least' | 'median' | 'most'): string {
  return `${SPREAD_PREFIX}${name}.${number}`;
}

const measured: readonly SpanKindName[] = ['query', 'operator', 'stage', 'task'];

function text(
  key: string,
  kind: TextKind,
  spans: readonly SpanKindName[],
  meaning: string,
  type: TextAttributeDefinition['type'] = 'string',
): TextAttributeDefinition {
  return { key, type, text: kind, meaning, spans, setBy: ['exec-instrumentation'] };
}

function count(key: string, unit: string, spans: readonly SpanKindName[], meaning: string): AttributeDefinition {
  return { key, type: 'int', unit, meaning, spans, setBy: ['exec-instrumentation'] };
}

/** Attributes of the stages and tasks of a distributed engine, and of failed executions of any engine. */
export const stageAttributes: readonly AttributeDefinition[] = [
  text(ATTR_STAGE_ID, 'code', ['stage', 'task', 'operator'], 'Id of the stage in its report.'),
  text(
    ATTR_STAGE_PARENTS,
    'code',
    ['stage'],
    'The stages that read the output of this stage; absent on the stage at the top.',
    'string[]',
  ),
  count(ATTR_STAGE_TASK_COUNT, '{task}', ['stage'], 'Number of tasks that the engine listed, counting each attempt.'),
  count(ATTR_STAGE_FAILED_TASK_COUNT, '{task}', ['stage'], 'Number of those tasks that failed; absent if none failed.'),
  count(
    ATTR_STAGE_UNDRAWN_TASK_COUNT,
    '{task}',
    ['stage'],
    'Number of those tasks without a span; absent if all have spans.',
  ),
  {
    key: `${SPREAD_PREFIX}*`,
    type: 'number',
    meaning:
      'Distribution of a number over the tasks of the stage: `<name>.least`, `<name>.median` and `<name>.most`. The names are those of operator metrics, and `duration` in ns. Failed tasks are excluded; the median is the value at position ⌈n/2⌉ in ascending order. Absent for fewer than two tasks, and if a task lacks the number.',
    spans: ['stage'],
    setBy: ['exec-instrumentation'],
  },
  text(ATTR_TASK_ID, 'code', ['task'], 'Id of the task in its stage.'),
  count(ATTR_TASK_ATTEMPT, '{attempt}', ['task'], 'Number of this attempt at the task, from 0.'),
  text(ATTR_TASK_HOST, 'url', ['task'], 'Name or address of the machine that ran the task, from the engine.'),
  text(
    ATTR_OPERATOR_INPUT_STAGES,
    'code',
    ['operator'],
    'The stages whose output the operator reads, if any.',
    'string[]',
  ),
  {
    key: ATTR_PARTIAL,
    type: 'boolean',
    meaning: 'Set to true if the numbers were taken before the end of the execution, so that they can be too small.',
    spans: measured,
    setBy: ['exec-instrumentation'],
  },
  text(
    ATTR_ENGINE_ERROR_TYPE,
    'code',
    measured,
    "The engine's class of its error, for example `USER_ERROR`; the code is in `db.response.status_code`.",
  ),
];
