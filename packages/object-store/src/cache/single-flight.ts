import { untilAborted } from '../body/until-aborted.ts';

type Ended<Value> = { readonly value: Value } | { readonly error: unknown; readonly aborted: boolean };

/** Work that several want at once is done by the first of them. When the first gives up, the next one begins. */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, { readonly by: unknown; readonly ended: Promise<Ended<Value>> }>();

  /**
   * @param by who asks; a failure is shared among those that are the same, anybody else tries for itself
   * @param work done under the signal, unless somebody does it already
   * @returns the value, and whether it is of this caller's own work
   */
  async run(
    key: string,
    { by, signal }: { readonly by: unknown; readonly signal: AbortSignal | undefined },
    work: () => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly own: boolean }> {
    for (;;) {
      signal?.throwIfAborted();
      const flight = this.#flights.get(key);
      if (flight === undefined) return { value: await this.#lead(key, by, signal, work), own: true };
      const ended = await untilAborted(flight.ended, signal);
      if ('value' in ended) return { value: ended.value, own: false };
      if (!ended.aborted && flight.by === by) throw ended.error;
    }
  }

  async #lead(key: string, by: unknown, signal: AbortSignal | undefined, work: () => Promise<Value>): Promise<Value> {
    const working = work();
    const ended = working.then(
      (value) => ({ value }),
      (error: unknown) => ({ error, aborted: signal?.aborted === true }),
    );
    this.#flights.set(key, { by, ended });
    try {
      return await working;
    } finally {
      this.#flights.delete(key);
    }
  }
}
