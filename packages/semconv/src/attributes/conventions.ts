import type { AttributeDefinition } from '../definition.ts';

/** Names of the stable OpenTelemetry conventions that Planscope uses, with the meaning they have there. */
export const ATTR_DB_SYSTEM_NAME = 'db.system.name';
export const ATTR_DB_NAMESPACE = 'db.namespace';
export const ATTR_DB_OPERATION_NAME = 'db.operation.name';
export const ATTR_DB_QUERY_TEXT = 'db.query.text';
export const ATTR_DB_QUERY_SUMMARY = 'db.query.summary';
export const ATTR_DB_RESPONSE_RETURNED_ROWS = 'db.response.returned_rows';
export const ATTR_ERROR_TYPE = 'error.type';
export const ATTR_EXCEPTION_TYPE = 'exception.type';
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';

export const conventionAttributes: readonly AttributeDefinition[] = [
  {
    key: ATTR_DB_SYSTEM_NAME,
    type: 'string',
    meaning: 'The database system, lower case: `duckdb`.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_NAMESPACE,
    type: 'string',
    meaning: 'The database the query ran in.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_OPERATION_NAME,
    type: 'string',
    meaning: 'The kind of statement, upper case.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_QUERY_TEXT,
    type: 'string',
    meaning: 'The query text with its literals replaced by numbered placeholders.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_QUERY_SUMMARY,
    type: 'string',
    meaning: 'Low-cardinality summary of the query, at most 255 characters.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_RESPONSE_RETURNED_ROWS,
    type: 'int',
    unit: '{row}',
    meaning: 'Rows that reached the caller.',
    spans: ['query', 'operator'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_ERROR_TYPE,
    type: 'string',
    meaning: 'Class or code of the error; set only on failure.',
    spans: ['run', 'query', 'phase', 'rule', 'operator', 'storage', 'custom'],
    setBy: ['engine', 'rule-instrumentation', 'exec-instrumentation', 'object-store', 'duckdb'],
  },
];
