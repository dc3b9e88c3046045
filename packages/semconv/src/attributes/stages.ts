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

/** The key of one number of a spread over the tasks of a stage, for example `planscope.stage.spread.output_rows.median`. */
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

/** What an engine that is spread over machines says of its stages and tasks, and any engine of a run that did not end well. */
export const stageAttributes: readonly AttributeDefinition[] = [
  text(ATTR_STAGE_ID, 'code', ['stage', 'task', 'operator'], 'Identity of the stage within its report.'),
  text(
    ATTR_STAGE_PARENTS,
    'code',
    ['stage'],
    'The stages that read what this one puts out; absent on the stage at the top.',
    'string[]',
  ),
  count(ATTR_STAGE_TASK_COUNT, '{task}', ['stage'], 'Tasks that the engine listed, each attempt one.'),
  count(ATTR_STAGE_FAILED_TASK_COUNT, '{task}', ['stage'], 'Tasks among them that failed; absent where none did.'),
  count(
    ATTR_STAGE_UNDRAWN_TASK_COUNT,
    '{task}',
    ['stage'],
    'Tasks among them that have no span; absent where all have.',
  ),
  {
    key: `${SPREAD_PREFIX}*`,
    type: 'number',
    meaning:
      'How the tasks of the stage differ in one number: `<name>.least`, `<name>.median` and `<name>.most`. The names are those of operator metrics, and `duration` in ns. Failed tasks are left out; the median is the value at place ⌈n/2⌉ in ascending order. Absent below two tasks, and where a task lacks the number.',
    spans: ['stage'],
    setBy: ['exec-instrumentation'],
  },
  text(ATTR_TASK_ID, 'code', ['task'], 'Identity of the task within its stage.'),
  count(ATTR_TASK_ATTEMPT, '{attempt}', ['task'], 'Number of this attempt at the task, from 0.'),
  text(ATTR_TASK_HOST, 'url', ['task'], 'Name or address of the machine that ran the task, as the engine gave it.'),
  text(
    ATTR_OPERATOR_INPUT_STAGES,
    'code',
    ['operator'],
    'The stages whose output the operator reads, for one that takes rows from other stages.',
    'string[]',
  ),
  {
    key: ATTR_PARTIAL,
    type: 'boolean',
    meaning: 'Set to true where the numbers were taken before the engine was done: they can be too small.',
    spans: measured,
    setBy: ['exec-instrumentation'],
  },
  text(
    ATTR_ENGINE_ERROR_TYPE,
    'code',
    measured,
    "The engine's own class of its error, for example `USER_ERROR`; its code is in `db.response.status_code`.",
  ),
];
