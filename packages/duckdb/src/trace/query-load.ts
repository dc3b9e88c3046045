import type { Attributes } from '@opentelemetry/api';
import { METRIC_WAIT_TIME, operatorMetricKey } from '@planscope/semconv';
import { profileLatency } from '../profile/profile-summary.ts';
import { METRIC_QUERIES_IN_FLIGHT } from '../semconv.ts';

let inFlight = 0;

/** The load of the process while a query was sent, and how long the query waited because of it. */
export class QueryLoad {
  readonly #inFlight: number;
  #isOver = false;

  /** The query is sent now. */
  constructor() {
    inFlight += 1;
    this.#inFlight = inFlight;
  }

  /** The query is over. Safe to call twice. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    inFlight -= 1;
  }

  /**
   * @param profile as DuckDB wrote it
   * @param nanoseconds from the call to the last row. The profile counts the pauses of a program that fetches the rows itself,
   * too, so that the rest is from before the query. Undefined if the program did not get all rows
   */
  attributes(profile: string | undefined, nanoseconds: number | undefined): Attributes {
    const latency = nanoseconds === undefined ? undefined : profileLatency(profile);
    return {
      [operatorMetricKey(METRIC_QUERIES_IN_FLIGHT)]: this.#inFlight,
      ...(nanoseconds === undefined || latency === undefined
        ? {}
        : { [operatorMetricKey(METRIC_WAIT_TIME)]: Math.max(0, nanoseconds - latency) }),
    };
  }
}
