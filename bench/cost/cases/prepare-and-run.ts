import { type Lane, type OpenWay, withWays } from '../connection-ways.ts';
import type { CostCase } from '../cost-case.ts';
import { takeTurns, timed } from '../rounds.ts';
import { rowsOf } from '../row.ts';

const NAME = 'prepare-and-run';
const STATEMENTS = 1000;
const AT_A_TIME = 12;

/** A thousand statements, each prepared, run once and destroyed, on twelve connections of one instance in parallel. */
export const prepareAndRun: CostCase = {
  rounds: 18,
  quickRounds: 3,
  measure: (rounds) =>
    withWays(
      ['bare', 'profiling', 'with reads'],
      async (ways) => {
        const turns = ways.map((way) => ({
          name: way.name,
          once: () => timed(() => runAll(way)),
          settle: way.settle,
        }));
        return rowsOf(NAME, await takeTurns(turns, rounds), { 'with reads': { atMost: 1.5, times: 'bare' } });
      },
      { connections: AT_A_TIME },
    ),
};

async function runAll({ lanes }: OpenWay): Promise<void> {
  let waiting = STATEMENTS;
  const work = async (lane: Lane): Promise<void> => {
    while (waiting > 0) {
      waiting -= 1;
      await prepareAndRunOnce(lane, waiting);
    }
  };
  await Promise.all(lanes.map(work));
}

async function prepareAndRunOnce(lane: Lane, value: number): Promise<void> {
  const statement = await lane.use((connection) => connection.prepare('SELECT $1::INTEGER + 1'));
  statement.bindInteger(1, value);
  await lane.use(() => statement.runAndReadAll());
  statement.destroySync();
}
