import { readdirSync } from 'node:fs';
import { withWays } from '../connection-ways.ts';
import type { CostCase } from '../cost-case.ts';
import { GROUP_BY } from '../flights.ts';
import { timed } from '../rounds.ts';
import { figure } from '../row.ts';
import { median } from '../statistics.ts';

const NAME = 'many-queries';
const WARM_UP_QUERIES = 500;
const QUERIES_OF_AN_END = 1000;
const MEBIBYTE = 2 ** 20;
/** Lists the open descriptors of this process on Linux. */
const DESCRIPTORS = '/proc/self/fd';

/** Short queries while another connection holds an abandoned stream: time, heap and descriptors must not grow. */
export const manyQueries: CostCase = {
  rounds: 20_000,
  quickRounds: 4_000,
  measure: (queries) =>
    withWays(
      ['with reads'],
      async ([way]) => {
        if (way === undefined || queries < 2 * QUERIES_OF_AN_END) {
          throw new Error(`${NAME} needs --rounds ${2 * QUERIES_OF_AN_END} or more: it compares its two ends`);
        }
        const [lane, other] = way.lanes;
        const abandoned = await other?.use((connection) => connection.stream(`${GROUP_BY}, delay`));
        await abandoned?.fetchChunk();
        const run = (): Promise<number> => timed(() => lane.use((connection) => connection.runAndReadAll('SELECT 42')));
        for (let query = 0; query < WARM_UP_QUERIES; query += 1) await run();

        const times: number[] = [];
        const take = async (count: number): Promise<void> => {
          for (let query = 0; query < count; query += 1) times.push(await run());
        };
        await take(QUERIES_OF_AN_END);
        await way.flush();
        const before = standing();
        await take(queries - QUERIES_OF_AN_END);
        await way.flush();
        const after = standing();
        // This use keeps the stream from being garbage collected earlier.
        if (abandoned === undefined) throw new Error('there is no stream');

        const first = median(times.slice(0, QUERIES_OF_AN_END));
        const last = median(times.slice(-QUERIES_OF_AN_END));
        return [
          figure(NAME, `first ${QUERIES_OF_AN_END}, each`, first, 'ms'),
          figure(NAME, `last ${QUERIES_OF_AN_END}, each`, last, 'ms', { atMost: Number((first * 1.1).toFixed(3)) }),
          figure(NAME, 'heap, more at the end', after.heap - before.heap, 'MiB', { atMost: 1 }),
          figure(NAME, 'resident, more at the end', after.resident - before.resident, 'MiB'),
          figure(NAME, 'descriptors, more at the end', after.descriptors - before.descriptors, 'number', { atMost: 0 }),
        ];
      },
      { connections: 2 },
    ),
};

interface Standing {
  /** MiB after a garbage collection. */
  readonly heap: number;
  readonly resident: number;
  readonly descriptors: number;
}

function standing(): Standing {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / MEBIBYTE, resident: rss / MEBIBYTE, descriptors: readdirSync(DESCRIPTORS).length };
}
