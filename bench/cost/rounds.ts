/** One way to do the work of a case. */
export interface Way {
  readonly name: string;
  /** Does the work once, and returns how long that took, in milliseconds. */
  once(): Promise<number>;
  /** Waits for work that `once` left running, so that the next way does not pay for it. */
  settle?(): Promise<unknown>;
}

const WARM_UP_ROUNDS = 50;

/**
 * Lets all ways do the work once a round, in orders in which each way follows each other one equally often. So what one way
 * leaves in the caches or to the garbage collector affects all others alike.
 *
 * @param warmUpRounds rounds that do not count, enough for the compiler to finish with all ways
 * @returns milliseconds by name of the way, one for each round
 */
export async function takeTurns(
  ways: readonly Way[],
  rounds: number,
  warmUpRounds: number = Math.min(WARM_UP_ROUNDS, Math.ceil(rounds / 4)),
): Promise<ReadonlyMap<string, number[]>> {
  const samples = new Map(ways.map(({ name }): [string, number[]] => [name, []]));
  const orders = balancedOrders(ways);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const { name, once, settle } of orders[(round + warmUpRounds) % orders.length] ?? []) {
      const millis = await once();
      await settle?.();
      if (round >= 0) samples.get(name)?.push(millis);
    }
  }
  return samples;
}

/** Latin squares of E. J. Williams (1949): one for an even number of ways; for an odd number also its reverse. */
function balancedOrders<T>(ways: readonly T[]): readonly (readonly T[])[] {
  const places = ways.map((_, place) => (place % 2 === 0 ? ways.length - place / 2 : (place + 1) / 2));
  const square = ways.map((_, shift) => places.flatMap((place) => ways[(place + shift) % ways.length] ?? []));
  return ways.length % 2 === 0 ? square : [...square, ...square.map((order) => [...order].reverse())];
}

/** Milliseconds until the promise of a call resolves. */
export async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}
