import { pause } from '../client/coordinator.ts';
import type { TrinoClient } from '../client/trino-client.ts';

/** What Trino says of a query. */
export interface FetchedReport {
  readonly json: string;
  /** Whether its numbers change no more. */
  readonly isFinal: boolean;
}

const [FIRST_DELAY, LONGEST_DELAY] = [50, 1_000];
/** Trino writes JSON without white space between key and value; another form is only taken to be final later. */
const FINAL = /"finalQueryInfo"\s*:\s*true/;

/**
 * Asks for the report of a query until it is final, or the limit is reached; then for what there is.
 *
 * @param timeout in milliseconds
 * @throws the failure of the last request, if none was answered
 */
export async function fetchReport(client: TrinoClient, queryId: string, timeout: number): Promise<FetchedReport> {
  const limit = AbortSignal.timeout(Math.max(timeout, 1));
  let last: FetchedReport | undefined;
  try {
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      const json = await client.queryInfo(queryId, { signal: limit });
      last = { json, isFinal: FINAL.test(json) };
      if (last.isFinal) return last;
      await pause(delay, limit);
    }
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}
