import { type OpenWay, tracedWays, withWays } from '../connection-ways.ts';
import type { CostCase } from '../cost-case.ts';
import { takeTurns } from '../rounds.ts';
import { rowsOf } from '../row.ts';

const NAME = 'processor-time';
const QUERIES_A_ROUND = 200;

/**
 * Processor time of one `SELECT 42` in all threads of the process, including deferred spans, the SDK, its exporter and garbage
 * collection.
 */
export const processorTime: CostCase = {
  rounds: 30,
  quickRounds: 5,
  measure: (rounds) =>
    withWays(['bare', 'profiling', 'lean, not exported', ...tracedWays], async (ways) => {
      const turns = ways.map((way) => ({ name: way.name, once: () => processorMillis(way) }));
      return rowsOf(NAME, await takeTurns(turns, rounds), {
        'lean, not exported': { atMost: 0.25, more: 'profiling' },
      });
    }),
};

async function processorMillis(way: OpenWay): Promise<number> {
  const before = process.cpuUsage();
  for (let query = 0; query < QUERIES_A_ROUND; query += 1) {
    await way.lanes[0].use((connection) => connection.runAndReadAll('SELECT 42'));
  }
  await way.flush();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / QUERIES_A_ROUND;
}
