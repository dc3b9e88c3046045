import {
  ATTR_DATAFUSION_NODE,
  ATTR_SPAN_KIND,
  ATTR_STAGE_FAILED_TASK_COUNT,
  ATTR_STAGE_ID,
  ATTR_STAGE_PARENTS,
  ATTR_STAGE_TASK_COUNT,
  ATTR_TASK_ATTEMPT,
  ATTR_TASK_HOST,
  ATTR_TASK_ID,
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
import type { TreeSpan } from './tree-rows.ts';

/** The fields of an operator, in the order and wording of its description. */
export type NodeFields = ReadonlyMap<string, string>;

const ESTIMATE = new RegExp(`(?:^|, )${FIELD_ESTIMATED_ROWS}=\\d+$`);
const FIELD = /(?:^|, )([a-z_]\w*)=/y;
const OPENING = '([{';
const CLOSING = ')]}';

/** Parses a description of the form `name: key=value, key=[value, value]`; empty if it is missing or has another form. */
export function nodeFields({ name, attributes }: TreeSpan): NodeFields {
  const node = attributes.get(ATTR_DATAFUSION_NODE);
  const fields = new Map<string, string>();
  if (typeof node !== 'string' || !node.startsWith(`${name}: `)) return fields;
  const text = node.slice(name.length + 2);
  let key: string | undefined;
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    FIELD.lastIndex = index;
    const found = depth === 0 ? FIELD.exec(text) : null;
    if (found !== null) {
      if (key !== undefined) fields.set(key, text.slice(start, index));
      key = found[1];
      start = FIELD.lastIndex;
      index = start - 1;
    } else if (OPENING.includes(text[index] ?? '')) depth += 1;
    else if (CLOSING.includes(text[index] ?? '')) depth = Math.max(depth - 1, 0);
  }
  if (key !== undefined) fields.set(key, text.slice(start));
  return fields;
}

/** The files that an operator names, as a list without its brackets. */
export function filesOf(fields: NodeFields): string[] {
  return (fields.get(FIELD_FILES) ?? '')
    .replace(/^\[|\]$/g, '')
    .split(', ')
    .filter((file) => file !== '');
}

const MAX_LENGTH = 100;

/** The fields that readers look for first; without any of them, the other fields are shown unchanged. */
const FIRST = [FIELD_FILTER, FIELD_GROUP_KEYS, FIELD_AGGREGATES, FIELD_ORDER_BY, FIELD_LIMIT];

/** What a span is about: the table or files, the join and the filter of an operator; which stage; which task, and where. */
export function nodeLine(span: TreeSpan): string {
  const kind = span.attributes.get(ATTR_SPAN_KIND);
  if (kind === 'stage') return stageLine(span);
  return kind === 'task' ? taskLine(span) : operatorLine(span);
}

/** `1, read by 0, 2,000 tasks, 1 failed` */
function stageLine({ attributes }: TreeSpan): string {
  const parents = attributes.get(ATTR_STAGE_PARENTS);
  const failed = attributes.get(ATTR_STAGE_FAILED_TASK_COUNT);
  return [
    String(attributes.get(ATTR_STAGE_ID) ?? ''),
    Array.isArray(parents) ? `read by ${parents.join(', ')}` : '',
    tasksText(attributes.get(ATTR_STAGE_TASK_COUNT)),
    typeof failed === 'number' ? `${failed.toLocaleString('en-US')} failed` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function tasksText(tasks: unknown): string {
  if (typeof tasks !== 'number') return '';
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en-US')} tasks`;
}

/** `12 on worker-3`, and the attempt if it was not the first */
function taskLine({ attributes }: TreeSpan): string {
  const [id = '', host, attempt] = [ATTR_TASK_ID, ATTR_TASK_HOST, ATTR_TASK_ATTEMPT].map((key) => attributes.get(key));
  const where = host === undefined ? '' : ` on ${host}`;
  return `${id}${where}${typeof attempt === 'number' && attempt > 0 ? `, attempt ${attempt + 1}` : ''}`;
}

function operatorLine(span: TreeSpan): string {
  const fields = nodeFields(span);
  const { name, attributes } = span;
  const node = attributes.get(ATTR_DATAFUSION_NODE);
  if (typeof node !== 'string' || node === name) return '';
  const parts = [...sources(fields), ...joinOf(fields), ...FIRST.flatMap((key) => part(key, fields.get(key)))];
  return shortened(parts.length > 0 ? parts.join(', ') : withoutEstimate(node.replace(`${name}: `, '')));
}

/** The estimate has its own column. */
function withoutEstimate(text: string): string {
  return text.replace(ESTIMATE, '');
}

function sources(fields: NodeFields): string[] {
  const table = fields.get(FIELD_TABLE);
  if (table !== undefined) return [table];
  const files = filesOf(fields).map(baseName);
  if (files.length > 0) return [files.join(' ')];
  const location = fields.get(FIELD_LOCATION);
  if (location !== undefined) return [[fields.get(FIELD_NAME) ?? [], baseName(location)].flat().join(' ')];
  // Without a file, only the function tells where a scan's rows come from.
  return part(FIELD_FUNCTION, fields.get(FIELD_FUNCTION));
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function part(key: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${key}=${value}`];
}

function joinOf(fields: NodeFields): string[] {
  const keys = fields.get(FIELD_JOIN_KEYS)?.replace(/^\[|\]$/g, '');
  const join = [fields.get(FIELD_JOIN_TYPE), keys].filter((text) => text !== undefined);
  return join.length === 0 ? [] : [join.join(' ')];
}

function shortened(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
