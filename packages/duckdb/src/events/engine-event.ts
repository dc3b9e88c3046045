import { decoded, type LogRecord, messageOf } from './log-record.ts';

/** One read or write of a file. */
export interface FileEvent {
  readonly kind: 'file';
  readonly operation: 'read' | 'write';
  readonly path: string;
  readonly bytes: bigint;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
}

/** An entry of DuckDB's log, by kind. */
export type EngineEvent = FileEvent;

/** By type of entry: makes an event of a record, or skips it before it is parsed. */
const readers: Readonly<Record<string, (record: LogRecord) => EngineEvent | undefined>> = { FileSystem: fileEvent };

/** The types of entries that are read, as `enable_logging` takes them. */
export const LOG_TYPES: readonly string[] = Object.keys(readers);

/** The event in a record; undefined for kinds that are not used. */
export function engineEvent(record: LogRecord): EngineEvent | undefined {
  return readers[record.type]?.(record);
}

/** A message whose path has nothing escaped, still with the doubled quotes of CSV. */
const PLAIN_MESSAGE = /""path"":""([^"\\]*)"",""op"":""(READ|WRITE)"",""bytes"":""(\d+)""/;
const MOVES_BYTES = /""op"":""(?:READ|WRITE)""/;

function fileEvent(record: LogRecord): FileEvent | undefined {
  const { field, time } = record;
  const [, plainPath, plainOperation, plainBytes] = PLAIN_MESSAGE.exec(field) ?? [];
  if (plainPath !== undefined && plainBytes !== undefined) {
    return {
      kind: 'file',
      operation: operationOf(plainOperation),
      path: decoded(plainPath),
      bytes: BigInt(plainBytes),
      time,
    };
  }
  if (!MOVES_BYTES.test(field)) return undefined;
  const { path, op, bytes } = JSON.parse(messageOf(record)) as Readonly<Record<'path' | 'op' | 'bytes', string>>;
  return { kind: 'file', operation: operationOf(op), path, bytes: BigInt(bytes), time };
}

function operationOf(op: string | undefined): FileEvent['operation'] {
  return op === 'READ' ? 'read' : 'write';
}
