import { printableLine } from '@planscope/internal/printable-text';
import {
  FIELD_AGGREGATES,
  FIELD_ESTIMATED_ROWS,
  FIELD_FILES,
  FIELD_FILTER,
  FIELD_FUNCTION,
  FIELD_GROUP_KEYS,
  FIELD_JOIN_KEYS,
  FIELD_JOIN_TYPE,
  FIELD_LIMIT,
  FIELD_LOCATION,
  FIELD_NAME,
  FIELD_ORDER_BY,
  FIELD_TABLE,
} from '@planscope/semconv';
import type { Operator, OperatorField, Stage, Task } from '../run.ts';
import type { TreeSpan } from './tree-span.ts';

const MAX_LENGTH = 100;

/** What a span is about: the table or files, the join and the filter of an operator; which stage; which task, and where. */
export function rowSubject({ operator, stage, task }: TreeSpan): string {
  if (stage !== undefined) return printableLine(stageSubject(stage));
  if (task !== undefined) return printableLine(taskSubject(task));
  return operator === undefined ? '' : printableLine(operatorSubject(operator));
}

/** `1, read by 0, 2,000 tasks, 1 failed` */
function stageSubject({ id, parentIds, taskCount, failedTaskCount = 0 }: Stage): string {
  return [
    id,
    parentIds.length === 0 ? '' : `read by ${parentIds.join(', ')}`,
    tasksText(taskCount),
    failedTaskCount === 0 ? '' : `${failedTaskCount.toLocaleString('en-US')} failed`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function tasksText(tasks: number | undefined): string {
  if (tasks === undefined) return '';
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en-US')} tasks`;
}

/** `12 on worker-3`, and the attempt if it was not the first */
function taskSubject({ id, host, attempt }: Task): string {
  const where = host === undefined ? '' : ` on ${host}`;
  return `${id}${where}${attempt > 0 ? `, attempt ${attempt + 1}` : ''}`;
}

/** The fields that readers look for first; without any of them, the other fields are shown unchanged. */
const FIRST = [FIELD_FILTER, FIELD_GROUP_KEYS, FIELD_AGGREGATES, FIELD_ORDER_BY, FIELD_LIMIT];
const ESTIMATE = new RegExp(`(?:^|, )${FIELD_ESTIMATED_ROWS}=\\d+$`);

function operatorSubject({ name, description, fields }: Operator): string {
  if (description === undefined || description === name) return '';
  const parts = [...sources(fields), ...joinOf(fields), ...FIRST.flatMap((key) => part(fields, key))];
  if (parts.length > 0) return shortened(parts.join(', '));
  // The estimate has its own column.
  return shortened(description.replace(`${name}: `, '').replace(ESTIMATE, ''));
}

/** The entries of a field; a field that is no list is one entry. */
export function fieldTexts(fields: readonly OperatorField[], key: string): readonly string[] {
  const text = fields.findLast((field) => field.key === key)?.text ?? [];
  return typeof text === 'string' ? [text] : text;
}

function sources(fields: readonly OperatorField[]): string[] {
  const [table] = fieldTexts(fields, FIELD_TABLE);
  if (table !== undefined) return [table];
  const files = fieldTexts(fields, FIELD_FILES).map(baseName);
  if (files.length > 0) return [files.join(' ')];
  const [location] = fieldTexts(fields, FIELD_LOCATION);
  if (location !== undefined) return [[...fieldTexts(fields, FIELD_NAME), baseName(location)].join(' ')];
  // Without a file, only the function tells where a scan's rows come from.
  return part(fields, FIELD_FUNCTION);
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

/** A field as its description has it. */
function part(fields: readonly OperatorField[], key: string): string[] {
  const text = fields.findLast((field) => field.key === key)?.text;
  if (text === undefined) return [];
  return [`${key}=${typeof text === 'string' ? text : `[${text.join(', ')}]`}`];
}

function joinOf(fields: readonly OperatorField[]): string[] {
  const join = [FIELD_JOIN_TYPE, FIELD_JOIN_KEYS]
    .map((key) => fieldTexts(fields, key).join(', '))
    .filter((text) => text !== '');
  return join.length === 0 ? [] : [join.join(' ')];
}

function shortened(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
