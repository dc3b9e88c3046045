/** One entry of DuckDB's log, as it lies in the file. */
export interface LogRecord {
  /** Of the instance; within no query, an address that only this connection has. */
  readonly connectionId: string;
  /** Undefined for what happens within no query, as preparing a statement does. */
  readonly queryId: string | undefined;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly type: string;
  readonly message: string;
}

const QUOTE = 34;
const NEWLINE = 10;
const COMMA = 44;
const BRACE = 125;

/** Columns of a denormalised log, of which only the message is quoted: context_id, scope, connection_id, transaction_id, query_id, thread_id, timestamp, type, log_level, message. */
const CONNECTION = 2;
const QUERY = 4;
const TIMESTAMP = 6;
const TYPE = 7;
const MESSAGE = 9;

/**
 * Reads the records of a log while DuckDB goes on writing to it. A record that is not there in full waits for the rest.
 * DuckDB puts the line break in front of a record, so the last one is complete when the end of its message is there.
 */
export class LogRecordReader {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * @param isWanted whether anybody wants the records of a connection; the others are passed over unread
   * @returns the records that have become complete
   */
  *read(bytes: Buffer, isWanted: (connectionId: string) => boolean): Generator<LogRecord> {
    const text = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let start = 0;
    while (start < text.length) {
      const end = endOfRecord(text, start);
      if (end === undefined) break;
      const record = readRecord(text, start, end, isWanted);
      start = end + 1;
      if (record !== undefined) yield record;
    }
    this.#rest = start < text.length ? Buffer.from(text.subarray(start)) : Buffer.alloc(0);
  }

  /** The file was emptied. */
  restart(): void {
    this.#rest = Buffer.alloc(0);
  }
}

/** Where the line of a record ends; undefined where it does not yet. Line breaks within quotes belong to the record. */
function endOfRecord(text: Buffer, start: number): number | undefined {
  let at = start;
  for (;;) {
    const newline = text.indexOf(NEWLINE, at);
    const end = newline === -1 ? text.length : newline;
    if (isOutsideQuotes(text, start, end)) {
      return newline === -1 && !isWholeStructure(text, start, end) ? undefined : end;
    }
    if (newline === -1) return undefined;
    at = newline + 1;
  }
}

/**
 * Whether the message of the last record is there in full. All messages that are logged for us are JSON objects, and no
 * beginning of one is an object itself. A quote behind a brace alone could be the first half of a doubled one.
 */
function isWholeStructure(text: Buffer, start: number, end: number): boolean {
  if (text[end - 1] !== QUOTE || text[end - 2] !== BRACE) return false;
  try {
    JSON.parse(unquoted(text.toString('utf8', text.indexOf(QUOTE, start), end)));
    return true;
  } catch {
    return false;
  }
}

function isOutsideQuotes(text: Buffer, start: number, end: number): boolean {
  let isOutside = true;
  for (let at = text.indexOf(QUOTE, start); at !== -1 && at < end; at = text.indexOf(QUOTE, at + 1)) {
    isOutside = !isOutside;
  }
  return isOutside;
}

function readRecord(
  text: Buffer,
  start: number,
  end: number,
  isWanted: (connectionId: string) => boolean,
): LogRecord | undefined {
  const starts = [start];
  for (let at = start; starts.length <= MESSAGE; at += 1) {
    const comma = text.indexOf(COMMA, at);
    if (comma === -1 || comma >= end) return undefined;
    starts.push(comma + 1);
    at = comma;
    if (starts.length === QUERY && !isWanted(column(text, starts, CONNECTION))) return undefined;
  }
  const time = microseconds(column(text, starts, TIMESTAMP));
  if (time === undefined) return undefined;
  const queryId = column(text, starts, QUERY);
  return {
    connectionId: column(text, starts, CONNECTION),
    queryId: queryId === '' ? undefined : queryId,
    time: time * 1000n,
    type: column(text, starts, TYPE),
    message: unquoted(text.toString('utf8', starts[MESSAGE], end)),
  };
}

function column(text: Buffer, starts: readonly number[], index: number): string {
  return text.toString('latin1', starts[index], (starts[index + 1] ?? 0) - 1);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

const TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?([+-]\d{2})(?::(\d{2}))?$/;

/** Since the Unix epoch. DuckDB writes the time zone of the instance as hours, and leaves zeros at the end out. */
function microseconds(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day, time, fraction = '', hours, minutes = '00'] = match;
  const seconds = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(seconds) ? undefined : BigInt(seconds) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
