import { parseStructText } from './struct-text.ts';

/** One entry of DuckDB's log, as it is in the file. */
export interface LogRecord {
  /** Id of the connection; outside of a query, an address that is unique to the connection. */
  readonly connectionId: string;
  /** Undefined for an event outside of a query, for example while a statement is prepared. */
  readonly queryId: string | undefined;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly type: string;
  /** A JSON object or a struct as a quoted field of CSV, one character for each byte. {@link messageOf} reads it. */
  readonly field: string;
}

const QUOTE = '"';

/**
 * A denormalized log has the columns context_id, scope, connection_id, transaction_id, query_id, thread_id, timestamp,
 * type, log_level and message. Only the message is quoted.
 */
const COLUMNS = /[^,\n]*,[^,\n]*,([^,\n]*),[^,\n]*,([^,\n]*),[^,\n]*,([^,\n]*),([^,\n]*),[^,\n]*,/y;

/**
 * Reads the records of a log while DuckDB appends to it. An incomplete record waits for its rest. DuckDB writes the
 * line break before a record, so the last record is complete when its message ends.
 */
export class LogRecordReader {
  readonly #clock = new LogClock();
  #rest = '';

  /**
   * @param isWanted whether to return the records of a connection; others are skipped
   * @returns the records that are complete with these bytes
   */
  *read(bytes: Buffer, isWanted: (connectionId: string) => boolean): Generator<LogRecord> {
    // A string with one character for each byte is the fastest to search; most texts in a log are ASCII.
    const text = this.#rest + bytes.toString('latin1');
    let start = 0;
    while (start < text.length) {
      const end = endOfRecord(text, start);
      if (end === undefined) break;
      const record = this.#record(text, start, end, isWanted);
      start = end + 1;
      if (record !== undefined) yield record;
    }
    this.#rest = text.slice(start);
  }

  /** Starts again at the beginning of a file, after it was emptied or replaced. */
  restart(): void {
    this.#rest = '';
  }

  #record(
    text: string,
    start: number,
    end: number,
    isWanted: (connectionId: string) => boolean,
  ): LogRecord | undefined {
    COLUMNS.lastIndex = start;
    const [, connectionId = '', queryId, timestamp = '', type = ''] = COLUMNS.exec(text) ?? [];
    const messageStart = COLUMNS.lastIndex;
    if (messageStart === 0 || messageStart > end || !isWanted(connectionId)) return undefined;
    const time = this.#clock.nanoseconds(timestamp);
    if (time === undefined) return undefined;
    const field = text.slice(messageStart, end);
    return { connectionId, queryId: queryId === '' ? undefined : queryId, time, type, field };
  }
}

/** The message of a record. */
export function messageOf({ field }: LogRecord): string {
  return decodedMessage(unquoted(field));
}

const NOT_ASCII = /[\u0080-\u00ff]/;

/** @param text one character for each byte of UTF-8 */
export function decodedMessage(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

/** The end of a record; undefined if the record is incomplete. Line breaks within quotes belong to the record. */
function endOfRecord(text: string, start: number): number | undefined {
  let at = start;
  for (;;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (isOutsideQuotes(text, start, end)) {
      return newline === -1 && !isWholeStructure(text, start, end) ? undefined : end;
    }
    if (newline === -1) return undefined;
    at = newline + 1;
  }
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}

/**
 * Whether the message of the last record is complete. The messages that are read are JSON objects or structs, and no beginning
 * of one is an object itself. A quote behind a brace alone could be the first half of a doubled one.
 */
function isWholeStructure(text: string, start: number, end: number): boolean {
  if (!text.endsWith('}"', end)) return false;
  const message = unquoted(text.slice(text.indexOf('"', start), end));
  return message.startsWith('{"') ? isJson(message) : parseStructText(message) !== undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isOutsideQuotes(text: string, start: number, end: number): boolean {
  let isOutside = true;
  for (let at = text.indexOf(QUOTE, start); at !== -1 && at < end; at = text.indexOf(QUOTE, at + 1))
    isOutside = !isOutside;
  return isOutside;
}

const TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:([+-]\d{2})(?::(\d{2}))?)?$/;

/** @returns nanoseconds since the Unix epoch of a time of UTC or with a zone; undefined for a text that is not a time */
export function timeOf(text: string): bigint | undefined {
  return clock.nanoseconds(text);
}

/** Parses times in DuckDB's format: the zone in hours, and the fraction of a second without trailing zeros. */
class LogClock {
  /** The second of the previous record, which most records share. */
  #second = '';
  #nanoseconds: bigint | undefined;

  /** @returns nanoseconds since the Unix epoch; undefined for a text that is not a time */
  nanoseconds(text: string): bigint | undefined {
    const match = TIME.exec(text);
    if (match === null) return undefined;
    const [, day, time, fraction = '', hours = '+00', minutes = '00'] = match;
    const second = `${day}T${time}${hours}:${minutes}`;
    if (second !== this.#second) {
      const milliseconds = Date.parse(second);
      this.#nanoseconds = Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n;
      this.#second = second;
    }
    return this.#nanoseconds === undefined ? undefined : this.#nanoseconds + BigInt(fraction.padEnd(9, '0'));
  }
}

const clock = new LogClock();
