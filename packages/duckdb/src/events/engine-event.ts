import { DuckDBError } from '../duckdb-error.ts';
import { decodedMessage, type LogRecord, messageOf, timeOf } from './log-record.ts';
import { parseStructText, type StructFields, type StructValue } from './struct-text.ts';

/** What can be listened to, each kind at its own cost. */
export type EventKind = 'reads' | 'requests' | 'row-groups' | 'catalogue';

/** One read or write of a file. */
export interface FileEvent {
  readonly kind: 'reads';
  readonly operation: 'read' | 'write';
  readonly path: string;
  readonly bytes: bigint;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
}

/** The state of an object, as a server describes it in the headers of a response. Each part may be missing. */
export interface ObjectState {
  readonly etag?: string;
  /** Generation of an object in Google Cloud Storage. */
  readonly generation?: string;
  /** Of the whole object, in bytes. */
  readonly size?: bigint;
  /** Milliseconds since the Unix epoch, to a second. */
  readonly modified?: number;
}

/** One HTTP request, also one that failed. */
export interface RequestEvent {
  readonly kind: 'requests';
  /** Upper case. */
  readonly method: string;
  /** As it was sent; may hold a signature. */
  readonly url: string;
  /** First and last byte asked for, inclusive. */
  readonly range?: readonly [bigint, bigint];
  /** Absent where no response came. */
  readonly status?: number;
  /** The response ended before all of it was there. */
  readonly isCut: boolean;
  /** Bytes of the body that came, where the response says so; else 0. */
  readonly received: bigint;
  readonly sent: bigint;
  /** Of the object that was read; absent where no response tells it. */
  readonly state?: ObjectState;
  /** Nanoseconds since the Unix epoch, from DuckDB's clock, which is that of this machine. */
  readonly start: bigint;
  readonly time: bigint;
}

/** A row group of a Parquet file that a scan began to read, or skipped by its statistics. */
export interface RowGroupEvent {
  readonly kind: 'row-groups';
  readonly path: string;
  readonly isRead: boolean;
  readonly time: bigint;
}

/** A query of DuckLake to its catalogue. */
export interface CatalogueEvent {
  readonly kind: 'catalogue';
  /** Name of the catalogue, as attached. */
  readonly catalogue: string;
  /** `db.system.name` of the database that has it; absent where that is not known. */
  readonly system?: string;
  /** Table of the catalogue that the query names first; absent where it names none. */
  readonly table?: string;
  /** Nanoseconds since the Unix epoch; to a millisecond, as DuckDB tells the duration. */
  readonly start: bigint;
  readonly time: bigint;
}

/** An entry of DuckDB's log, by kind. */
export type EngineEvent = FileEvent | RequestEvent | RowGroupEvent | CatalogueEvent;

/** By kind: the type of its entries, and what makes an event of one or skips it before it is parsed. */
const readers: Readonly<
  Record<EventKind, readonly [type: string, read: (record: LogRecord) => EngineEvent | undefined]>
> = {
  reads: ['FileSystem', fileEvent],
  requests: ['HTTP', requestEvent],
  'row-groups': ['PhysicalOperator', rowGroupEvent],
  catalogue: ['DuckLakeMetadata', catalogueEvent],
};

/** @throws DuckDBError `invalid-option` for a kind that does not exist */
export function checkEventKinds(name: string, kinds: unknown): void {
  if (kinds === undefined) return;
  const known = Object.keys(readers).join(', ');
  if (!Array.isArray(kinds)) throw new DuckDBError('invalid-option', `${name} must be a list of ${known}`);
  const unknown = kinds.find((kind) => !Object.hasOwn(readers, kind));
  if (unknown === undefined) return;
  throw new DuckDBError('invalid-option', `${name} has ${JSON.stringify(unknown)}; use ${known}`);
}

/** What is listened to unless the program says otherwise. */
export const DEFAULT_EVENT_KINDS: readonly EventKind[] = ['reads', 'requests'];

const byType = new Map(Object.values(readers));

/** The types of entries of some kinds, as `enable_logging` takes them. */
export function logTypes(kinds: Iterable<EventKind>): string[] {
  return [...kinds].map((kind) => readers[kind][0]);
}

/** The event in a record; undefined for entries that are not used. */
export function engineEvent(record: LogRecord): EngineEvent | undefined {
  return byType.get(record.type)?.(record);
}

/** A message whose path has nothing escaped, still with the doubled quotes of CSV. */
const PLAIN_MESSAGE = /""path"":""([^"\\]*)"",""op"":""(READ|WRITE)"",""bytes"":""(\d+)""/;
const MOVES_BYTES = /""op"":""(?:READ|WRITE)""/;

function fileEvent(record: LogRecord): FileEvent | undefined {
  const { field, time } = record;
  const [, plainPath, plainOperation, plainBytes] = PLAIN_MESSAGE.exec(field) ?? [];
  if (plainPath !== undefined && plainBytes !== undefined) {
    return {
      kind: 'reads',
      operation: operationOf(plainOperation),
      path: decodedMessage(plainPath),
      bytes: BigInt(plainBytes),
      time,
    };
  }
  if (!MOVES_BYTES.test(field)) return undefined;
  const { path, op, bytes } = JSON.parse(messageOf(record)) as Readonly<Record<'path' | 'op' | 'bytes', string>>;
  return { kind: 'reads', operation: operationOf(op), path, bytes: BigInt(bytes), time };
}

function operationOf(op: string | undefined): FileEvent['operation'] {
  return op === 'READ' ? 'read' : 'write';
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const BYTE_RANGE = /^bytes=(\d+)-(\d+)$/;
const STATUS = /_(\d{3})$/;
/** What libcurl says of a body that ended early; the status is that of its headers. */
const CUT = /partial file|transfer closed/i;

const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  ...['request', 'type', 'url', 'headers', 'start_time', 'duration_ms', 'request_body_length'],
  ...['response', 'status', 'reason'],
]);
const HEADERS: ReadonlySet<string> = new Set([
  ...['range', 'x-ms-range', 'content-length', 'content-range'],
  ...['etag', 'x-goog-generation', 'last-modified'],
]);
const LENGTHS_OF_HEADERS: ReadonlySet<number> = new Set([...HEADERS].map(({ length }) => length));

function isPartOfRequest(name: string): boolean {
  // Most headers are not wanted, and there are twenty in an entry.
  return REQUEST_FIELDS.has(name) || (LENGTHS_OF_HEADERS.has(name.length) && HEADERS.has(name.toLowerCase()));
}

/** Only what is named here is taken from a request: its headers hold credentials. */
function requestEvent(record: LogRecord): RequestEvent | undefined {
  const message = parseStructText(messageOf(record), isPartOfRequest);
  const request = fieldsOf(message?.get('request'));
  const url = textOf(request?.get('url'));
  const start = timeOf(textOf(request?.get('start_time')) ?? '');
  if (request === undefined || url === undefined || start === undefined) return undefined;
  const response = fieldsOf(message?.get('response'));
  const [, first, last] = BYTE_RANGE.exec(header(request, 'range') ?? header(request, 'x-ms-range') ?? '') ?? [];
  const status = STATUS.exec(textOf(response?.get('status')) ?? '')?.[1];
  const isCut = CUT.test(textOf(response?.get('reason')) ?? '');
  const method = (textOf(request.get('type')) ?? '').toUpperCase();
  const state = response !== undefined && READS.has(method) && isSuccess(status) ? stateIn(response) : undefined;
  return {
    kind: 'requests',
    method,
    url,
    ...(first === undefined || last === undefined ? {} : { range: [BigInt(first), BigInt(last)] as const }),
    ...(status === undefined ? {} : { status: Number(status) }),
    isCut,
    received: method === 'HEAD' || isCut ? 0n : countOf(header(response, 'content-length')),
    sent: countOf(textOf(request.get('request_body_length'))),
    ...(state === undefined ? {} : { state }),
    start,
    time: endOf(start, textOf(request.get('duration_ms')), record.time),
  };
}

const READS: ReadonlySet<string> = new Set(['HEAD', 'GET']);

function isSuccess(status: string | undefined): boolean {
  return status?.startsWith('2') === true;
}

const WHOLE_SIZE = /^bytes [^/]*\/(\d+)$/;

function stateIn(response: StructFields): ObjectState | undefined {
  const etag = header(response, 'etag');
  const generation = header(response, 'x-goog-generation');
  const range = header(response, 'content-range');
  const size = range === undefined ? header(response, 'content-length') : WHOLE_SIZE.exec(range)?.[1];
  const modified = Date.parse(header(response, 'last-modified') ?? '');
  if (etag === undefined && generation === undefined && Number.isNaN(modified)) return undefined;
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(generation === undefined ? {} : { generation }),
    ...(size !== undefined && /^\d+$/.test(size) ? { size: BigInt(size) } : {}),
    ...(Number.isNaN(modified) ? {} : { modified }),
  };
}

/** The entry is written as soon as the response is there; DuckDB rounds the duration to milliseconds. */
function endOf(start: bigint, milliseconds: string | undefined, logged: bigint): bigint {
  const duration = countOf(milliseconds) * NANOSECONDS_PER_MILLISECOND;
  const isPlausible = logged >= start && logged - start <= duration + NANOSECONDS_PER_MILLISECOND;
  return isPlausible ? logged : start + duration;
}

function header(message: StructFields | undefined, name: string): string | undefined {
  for (const [key, value] of fieldsOf(message?.get('headers')) ?? []) {
    if (key.toLowerCase() === name) return textOf(value);
  }
  return undefined;
}

/** Of all that operators log, which is much, only this is parsed. */
const ROW_GROUP = /'event': (?:Read|Skip)RowGroup\b/;

function rowGroupEvent(record: LogRecord): RowGroupEvent | undefined {
  if (!ROW_GROUP.test(record.field)) return undefined;
  const message = parseStructText(messageOf(record));
  const path = textOf(fieldsOf(message?.get('info'))?.get('file'));
  if (path === undefined) return undefined;
  return { kind: 'row-groups', path, isRead: message?.get('event') === 'ReadRowGroup', time: record.time };
}

const CATALOGUE_TABLE = /\bducklake_[a-z_]+/;

function catalogueEvent(record: LogRecord): CatalogueEvent | undefined {
  const message = parseStructText(messageOf(record));
  const catalogue = textOf(message?.get('catalog'));
  if (catalogue === undefined) return undefined;
  const [table] = CATALOGUE_TABLE.exec(textOf(message?.get('query')) ?? '') ?? [];
  const duration = countOf(textOf(message?.get('elapsed_ms'))) * NANOSECONDS_PER_MILLISECOND;
  return {
    kind: 'catalogue',
    catalogue,
    ...(table === undefined ? {} : { table }),
    start: record.time - duration,
    time: record.time,
  };
}

function fieldsOf(value: StructValue): StructFields | undefined {
  return value instanceof Map ? value : undefined;
}

function textOf(value: StructValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countOf(text: string | undefined): bigint {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : 0n;
}
