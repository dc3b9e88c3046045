import { type ConnectionWay, tracedWays, untracedWays, withWays } from './connection-ways.ts';
import { takeTurns, timed } from './rounds.ts';
import { type Goal, type Row, rowsOf } from './row.ts';

/** The goals of the ways to run one query. */
interface QueryGoals {
  /** For each way that traces nothing; a sampler has to be asked first, so `sampled out` has none. */
  readonly untraced: Goal;
  readonly traced: Readonly<Record<(typeof tracedWays)[number], Goal>>;
}

/**
 * Milliseconds until the promise of one query resolves. The ways that trace nothing take turns among themselves: garbage from
 * the other ways would hide their cost.
 */
export async function compareQuery(
  name: string,
  sql: string,
  rounds: number,
  goals: QueryGoals,
  warmUpRounds?: number,
): Promise<Row[]> {
  const ofUntraced = Object.fromEntries(untracedWays.map((way) => [way, goals.untraced]));
  return [
    ...rowsOf(
      `${name}, untraced`,
      await timeWays(['bare', ...untracedWays, 'sampled out'], sql, rounds, warmUpRounds),
      ofUntraced,
    ),
    ...rowsOf(
      `${name}, traced`,
      await timeWays(['bare', 'profiling', ...tracedWays], sql, rounds, warmUpRounds),
      goals.traced,
    ),
  ];
}

async function timeWays(
  names: readonly ConnectionWay[],
  sql: string,
  rounds: number,
  warmUpRounds: number | undefined,
): Promise<ReadonlyMap<string, number[]>> {
  return await withWays(names, (ways) => {
    const turns = ways.map(({ name, lanes, settle }) => ({
      name,
      once: () => timed(() => lanes[0].use((connection) => connection.runAndReadAll(sql))),
      settle,
    }));
    return takeTurns(turns, rounds, warmUpRounds);
  });
}
