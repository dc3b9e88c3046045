import type { AttributeDefinition } from '../definition.ts';

/** Names from the stable OpenTelemetry conventions, with the same meanings. */
export const ATTR_DB_SYSTEM_NAME = 'db.system.name';
export const ATTR_DB_NAMESPACE = 'db.namespace';
export const ATTR_DB_OPERATION_NAME = 'db.operation.name';
export const ATTR_DB_OPERATION_BATCH_SIZE = 'db.operation.batch.size';
export const ATTR_DB_QUERY_TEXT = 'db.query.text';
export const ATTR_DB_QUERY_SUMMARY = 'db.query.summary';
export const ATTR_DB_RESPONSE_RETURNED_ROWS = 'db.response.returned_rows';
export const ATTR_DB_RESPONSE_STATUS_CODE = 'db.response.status_code';
export const ATTR_AWS_S3_BUCKET = 'aws.s3.bucket';
export const ATTR_AWS_S3_KEY = 'aws.s3.key';
export const ATTR_AWS_S3_COPY_SOURCE = 'aws.s3.copy_source';
export const ATTR_AWS_S3_UPLOAD_ID = 'aws.s3.upload_id';
export const ATTR_AWS_S3_PART_NUMBER = 'aws.s3.part_number';
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
export const ATTR_HTTP_REQUEST_RESEND_COUNT = 'http.request.resend_count';
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';
export const ATTR_CODE_FILE_PATH = 'code.file.path';
export const ATTR_CODE_FUNCTION_NAME = 'code.function.name';
export const ATTR_CODE_LINE_NUMBER = 'code.line.number';
export const ATTR_ERROR_TYPE = 'error.type';
/** Name of the log record of a failed database call. */
export const EVENT_DB_CLIENT_OPERATION_EXCEPTION = 'db.client.operation.exception';
export const ATTR_EXCEPTION_TYPE = 'exception.type';
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';

/** From the conventions, but not stable yet. */
const DB_QUERY_PARAMETER_PREFIX = 'db.query.parameter.';

/**
 * The attribute key for the bound value of a parameter.
 *
 * @param parameter its name, or its index from 0 if it has no name
 */
export function dbQueryParameterKey(parameter: string): string {
  return DB_QUERY_PARAMETER_PREFIX + parameter;
}

/** Attributes of the OpenTelemetry conventions that Planscope sets. */
export const conventionAttributes: readonly AttributeDefinition[] = [
  {
    key: ATTR_CODE_FILE_PATH,
    type: 'string',
    text: 'code',
    meaning: 'The file of the program that made the query. Recorded only if the program requests it.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_CODE_FUNCTION_NAME,
    type: 'string',
    text: 'code',
    meaning: 'The function of the program that made the query. Recorded only if the program requests it.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_CODE_LINE_NUMBER,
    type: 'int',
    meaning: 'The line in that file.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_SYSTEM_NAME,
    type: 'string',
    text: 'code',
    meaning:
      'The database system in lower case: `duckdb` or `trino`; on a query of a DuckLake to its catalogue, the database that holds the catalogue, for example `postgresql`.',
    spans: ['query', 'operator', 'storage'],
    setBy: ['duckdb', 'exec-instrumentation', 'trino'],
  },
  {
    key: ATTR_DB_NAMESPACE,
    type: 'string',
    text: 'identifier',
    meaning: 'The database in which the query ran; of Trino, catalog and schema with `|` between them.',
    spans: ['query', 'operator'],
    setBy: ['duckdb', 'trino'],
  },
  {
    key: ATTR_DB_OPERATION_NAME,
    type: 'string',
    text: 'code',
    meaning: 'The kind of statement in upper case.',
    spans: ['query', 'operator'],
    setBy: ['duckdb', 'trino'],
  },
  {
    key: ATTR_DB_QUERY_TEXT,
    type: 'string',
    text: 'sql',
    meaning: 'The query text with its literals replaced by numbered placeholders.',
    spans: ['query', 'operator'],
    setBy: ['duckdb', 'trino'],
  },
  {
    key: ATTR_DB_QUERY_SUMMARY,
    type: 'string',
    text: 'identifier',
    meaning: 'Low-cardinality summary of the query, at most 255 characters.',
    spans: ['query', 'operator'],
    setBy: ['duckdb', 'trino'],
  },
  {
    key: `${DB_QUERY_PARAMETER_PREFIX}*`,
    type: 'string',
    text: 'data',
    meaning:
      'The bound value of a parameter, under its name, or under its index from 0 if it has no name. Recorded only if the program requests it.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_OPERATION_BATCH_SIZE,
    type: 'int',
    unit: '{statement}',
    meaning: 'Number of statements in the text, if it has several and the driver runs them as one.',
    spans: ['query'],
    setBy: ['duckdb'],
  },
  {
    key: ATTR_DB_RESPONSE_RETURNED_ROWS,
    type: 'int',
    unit: '{row}',
    meaning: 'Rows that were returned to the caller.',
    spans: ['query', 'operator'],
    setBy: ['duckdb', 'trino'],
  },
  {
    key: ATTR_DB_RESPONSE_STATUS_CODE,
    type: 'string',
    text: 'code',
    meaning: "The engine's code for its error, for example `DIVISION_BY_ZERO`.",
    spans: ['query', 'operator', 'stage', 'task'],
    setBy: ['exec-instrumentation', 'trino'],
  },
  {
    key: ATTR_HTTP_REQUEST_METHOD,
    type: 'string',
    text: 'code',
    meaning: 'Method of the HTTP request that an engine made.',
    spans: ['storage'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_HTTP_REQUEST_RESEND_COUNT,
    type: 'int',
    unit: '{request}',
    meaning: 'Which repetition of the same request this is, from 1; absent on the first try.',
    spans: ['storage'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_HTTP_RESPONSE_STATUS_CODE,
    type: 'int',
    meaning: 'Status of the response; absent where none came.',
    spans: ['storage'],
    setBy: ['exec-instrumentation'],
  },
  {
    key: ATTR_SERVER_ADDRESS,
    type: 'string',
    text: 'url',
    meaning: 'Host that the request or the query went to.',
    spans: ['storage', 'query'],
    setBy: ['exec-instrumentation', 'trino'],
  },
  {
    key: ATTR_SERVER_PORT,
    type: 'int',
    meaning: 'Port that the request or the query went to.',
    spans: ['storage', 'query'],
    setBy: ['exec-instrumentation', 'trino'],
  },
  {
    key: ATTR_AWS_S3_BUCKET,
    type: 'string',
    text: 'path',
    meaning: 'Bucket of an S3 request.',
    spans: ['storage'],
    setBy: ['object-store'],
  },
  {
    key: ATTR_AWS_S3_KEY,
    type: 'string',
    text: 'path',
    meaning: 'Key of the object of an S3 request.',
    spans: ['storage'],
    setBy: ['object-store'],
  },
  {
    key: ATTR_AWS_S3_COPY_SOURCE,
    type: 'string',
    text: 'path',
    meaning: 'Bucket and key of the source of an S3 copy.',
    spans: ['storage'],
    setBy: ['object-store'],
  },
  {
    key: ATTR_AWS_S3_UPLOAD_ID,
    type: 'string',
    text: 'code',
    meaning: 'Id of a multipart upload to S3.',
    spans: ['storage'],
    setBy: ['object-store'],
  },
  {
    key: ATTR_AWS_S3_PART_NUMBER,
    type: 'int',
    meaning: 'Number of the part in a multipart upload to S3.',
    spans: ['storage'],
    setBy: ['object-store'],
  },
  {
    key: ATTR_ERROR_TYPE,
    type: 'string',
    text: 'code',
    meaning: 'Class or code of the error; set only on failure.',
    spans: ['run', 'query', 'phase', 'rule', 'stage', 'task', 'operator', 'storage', 'custom'],
    setBy: ['engine', 'rule-instrumentation', 'exec-instrumentation', 'object-store', 'duckdb'],
  },
];
