import type { AttributeDefinition, TextAttributeDefinition, ValueAttributeDefinition } from '../definition.ts';
import type { TextKind } from '../text-kind.ts';

export const ATTR_OBJECT_STORE_NAME = 'object_store.name';
export const ATTR_OBJECT_STORE_BASE_URL = 'object_store.base_url';
export const ATTR_OBJECT_STORE_OPERATION = 'object_store.operation';
export const ATTR_OBJECT_STORE_LOCATION = 'object_store.location';
export const ATTR_OBJECT_STORE_CONTENT_LENGTH = 'object_store.content_length';
export const ATTR_OBJECT_STORE_OPTIONS = 'object_store.options';
export const ATTR_OBJECT_STORE_RANGES = 'object_store.ranges';
export const ATTR_OBJECT_STORE_PREFIX = 'object_store.prefix';
export const ATTR_OBJECT_STORE_OFFSET = 'object_store.offset';
export const ATTR_OBJECT_STORE_FROM = 'object_store.from';
export const ATTR_OBJECT_STORE_TO = 'object_store.to';
export const ATTR_OBJECT_STORE_PART_NUMBER = 'object_store.part_number';
export const ATTR_OBJECT_STORE_ATTEMPTS = 'object_store.attempts';
export const ATTR_OBJECT_STORE_RESULT_META = 'object_store.result.meta';
export const ATTR_OBJECT_STORE_RESULT_RANGE = 'object_store.result.range';
export const ATTR_OBJECT_STORE_RESULT_E_TAG = 'object_store.result.e_tag';
export const ATTR_OBJECT_STORE_RESULT_VERSION = 'object_store.result.version';
export const ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT = 'object_store.result.object_count';
export const ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT = 'object_store.result.prefix_count';
export const ATTR_OBJECT_STORE_RESULT_PAGE_COUNT = 'object_store.result.page_count';
export const ATTR_OBJECT_STORE_RESULT_CONTENT_LENGTH = 'object_store.result.content_length';
export const ATTR_OBJECT_STORE_RESULT_BYTES = 'object_store.result.bytes';
export const ATTR_OBJECT_STORE_RESULT_ERR = 'object_store.result.err';
export const ATTR_OBJECT_STORE_RESULT_ERROR_COUNT = 'object_store.result.error_count';
export const ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE = 'object_store.time_to_first_byte';
export const ATTR_OBJECT_STORE_REQUEST_COUNT = 'object_store.request_count';
export const ATTR_OBJECT_STORE_BODY_COMPLETE = 'object_store.body_complete';

/** Attributes that reported reads and writes of an engine also have. */
const REPORTED: ReadonlySet<string> = new Set([
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RANGES,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
]);

const settersOf = (key: string): string[] =>
  REPORTED.has(key) ? ['object-store', 'exec-instrumentation'] : ['object-store'];

/** All object-store attributes are on storage spans. */
function storage(
  key: string,
  type: ValueAttributeDefinition['type'],
  meaning: string,
  unit?: string,
): ValueAttributeDefinition {
  return { key, type, ...(unit === undefined ? {} : { unit }), meaning, spans: ['storage'], setBy: settersOf(key) };
}

function storageText(key: string, text: TextKind, meaning: string): TextAttributeDefinition {
  return { key, type: 'string', text, meaning, spans: ['storage'], setBy: settersOf(key) };
}

/** Attributes of storage spans. */
export const objectStoreAttributes: readonly AttributeDefinition[] = [
  storageText(ATTR_OBJECT_STORE_NAME, 'code', 'Name of the store, for example `file` or a name from the program.'),
  storageText(ATTR_OBJECT_STORE_BASE_URL, 'url', 'Scheme and bucket, container or root of the store: `s3://bucket/`.'),
  storageText(ATTR_OBJECT_STORE_OPERATION, 'code', 'Operation of the store, for example `get` or `list`.'),
  storageText(
    ATTR_OBJECT_STORE_LOCATION,
    'url',
    'Path of the object in the store, or the path or URL that an engine reported, without credentials.',
  ),
  storage(ATTR_OBJECT_STORE_CONTENT_LENGTH, 'int', 'Bytes passed to the store.', 'By'),
  storageText(ATTR_OBJECT_STORE_OPTIONS, 'code', 'Options of the call as JSON, without credentials.'),
  storageText(ATTR_OBJECT_STORE_RANGES, 'code', 'Requested byte ranges, as `start-end` with exclusive ends.'),
  storageText(ATTR_OBJECT_STORE_PREFIX, 'path', 'Prefix of a listing.'),
  storageText(ATTR_OBJECT_STORE_OFFSET, 'path', 'Path after which a listing starts, exclusive.'),
  storageText(ATTR_OBJECT_STORE_FROM, 'path', 'Source path of a copy or rename.'),
  storageText(ATTR_OBJECT_STORE_TO, 'path', 'Destination path of a copy or rename.'),
  storage(ATTR_OBJECT_STORE_PART_NUMBER, 'int', 'Number of an uploaded part, from 1.'),
  storage(
    ATTR_OBJECT_STORE_ATTEMPTS,
    'int',
    "Number of attempts by the store's SDK, including the first.",
    '{attempt}',
  ),
  storageText(
    ATTR_OBJECT_STORE_RESULT_META,
    'code',
    'Size, etag, version and modification time of the object as JSON.',
  ),
  storageText(ATTR_OBJECT_STORE_RESULT_RANGE, 'code', 'Returned byte range, with an exclusive end.'),
  storageText(ATTR_OBJECT_STORE_RESULT_E_TAG, 'code', 'Etag of the object.'),
  storageText(ATTR_OBJECT_STORE_RESULT_VERSION, 'code', 'Version of the object.'),
  storage(ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT, 'int', 'Objects listed or deleted.', '{object}'),
  storage(ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT, 'int', 'Common prefixes listed.', '{prefix}'),
  storage(ATTR_OBJECT_STORE_RESULT_PAGE_COUNT, 'int', 'Number of pages of a listing.', '{page}'),
  storage(ATTR_OBJECT_STORE_RESULT_CONTENT_LENGTH, 'int', 'Bytes that the store announced.', 'By'),
  storage(ATTR_OBJECT_STORE_RESULT_BYTES, 'int', 'Bytes that were delivered to the reader.', 'By'),
  storageText(
    ATTR_OBJECT_STORE_RESULT_ERR,
    'code',
    'Kind of the error, for example `NotFound`, which is no failure where the object may be absent.',
  ),
  storage(ATTR_OBJECT_STORE_RESULT_ERROR_COUNT, 'int', 'Paths of a stream of deletions that failed.', '{error}'),
  storage(
    ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE,
    'int',
    'Time from the start of the span to the first byte of the body.',
    'ns',
  ),
  storage(ATTR_OBJECT_STORE_REQUEST_COUNT, 'int', 'Number of requests in a grouped span.', '{request}'),
  storage(ATTR_OBJECT_STORE_BODY_COMPLETE, 'boolean', 'Whether the body was read to its end.'),
];
