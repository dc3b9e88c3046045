import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineEvent } from './engine-event.ts';
import { type LogRecord, LogRecordReader, messageOf } from './log-record.ts';

const HEADER = 'context_id,scope,connection_id,transaction_id,query_id,thread_id,timestamp,type,log_level,message';

interface Entry {
  readonly connection: string;
  readonly query: string;
  readonly path: string;
}

/** A line in DuckDB's format: the line break first, quotes doubled. */
function line({ connection, query, path }: Entry): string {
  const message = JSON.stringify({ fs: 'LocalFileSystem', path, op: 'READ', bytes: '17', pos: '0' });
  const quoted = `"${message.replaceAll('"', '""')}"`;
  return `\n15,CONNECTION,${connection},2,${query},,2026-11-28 13:30:38.184042+00,FileSystem,TRACE,${quoted}`;
}

const ids = fc.integer({ min: 0, max: 99 }).map(String);
const entries = fc.array(
  // Braces and quotes, with which a truncated record can look complete.
  fc.record({
    connection: ids,
    query: fc.oneof(ids, fc.constant('')),
    path: fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('}', '"', '{', '\\', '\n', ',') })),
  }),
  { maxLength: 20 },
);

function pathOf(record: LogRecord): string | undefined {
  const event = engineEvent(record);
  return event !== undefined && 'path' in event ? event.path : undefined;
}

function read(chunks: readonly Buffer[], isWanted = (_id: string): boolean => true): LogRecord[] {
  const reader = new LogRecordReader();
  return chunks.flatMap((chunk) => [...reader.read(chunk, isWanted)]);
}

describe('the records of a log', () => {
  it('are complete, wherever a read of the file ends', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat(2000), { maxLength: 8 }), (written, cuts) => {
        const file = Buffer.from(HEADER + written.map(line).join(''));
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, file.length)).sort((one, other) => one - other),
          file.length,
        ];
        const chunks = places.slice(1).map((end, index) => file.subarray(places[index], end));
        expect(
          read(chunks).map((record) => ({
            connection: record.connectionId,
            query: record.queryId ?? '',
            path: pathOf(record),
          })),
        ).toEqual(written);
      }),
    );
  });

  it('do not end at the first half of a doubled quote', () => {
    const file = Buffer.from(HEADER + line({ connection: '1', query: '7', path: '/data/x}' }));
    const cut = file.indexOf('x}""') + 'x}"'.length;
    expect(read([file.subarray(0, cut), file.subarray(cut)]).map(pathOf)).toEqual(['/data/x}']);
  });

  it('of unwanted connections are skipped', () => {
    const file = Buffer.from(
      HEADER + ['1', '2', '1'].map((connection) => line({ connection, query: '7', path: '/x' })).join(''),
    );
    expect(read([file], (id) => id === '2').map(({ connectionId }) => connectionId)).toEqual(['2']);
  });

  it('have the time that DuckDB wrote, in nanoseconds', () => {
    const times = ['13:30:38.184042+00', '13:30:38.1+00', '13:30:38+00', '19:00:38.184042+05:30'].map(
      (time) =>
        read([Buffer.from(line({ connection: '1', query: '1', path: '/x' }).replace('13:30:38.184042+00', time))])[0]
          ?.time,
    );
    const second = BigInt(Date.UTC(2026, 10, 28, 13, 30, 38)) * 1_000_000n;
    expect(times).toEqual([second + 184_042_000n, second + 100_000_000n, second, second + 184_042_000n]);
  });

  it('may contain line breaks and any other character within quotes', () => {
    const [record] = read([
      Buffer.from(`${HEADER}\n1,CONNECTION,3,2,5,,2026-11-28 13:30:38+00,HTTP,TRACE,"{'a': 'x, ""y""\n'}"\n`),
    ]);
    expect(record?.type).toBe('HTTP');
    expect(record && messageOf(record)).toBe(`{'a': 'x, "y"\n'}`);
    expect(record && engineEvent(record)).toBeUndefined();
  });
});
