import { type Coordinator, pause } from '../client/coordinator.ts';
import { queryPath } from '../client/trino-client.ts';
import { parseJson } from '../report/parse-json.ts';
import { fieldsOf } from '../report/report-values.ts';

/** What Trino says of a query. */
export interface FetchedReport {
  /** The answer, parsed; undefined if it is no JSON. */
  readonly json: unknown;
  /** Whether its numbers change no more. */
  readonly isFinal: boolean;
}

const [FIRST_DELAY, LONGEST_DELAY] = [50, 1_000];

/**
 * Asks for the report of a query until it is final, or the limit is reached; then for what there is. An answer is parsed
 * while it arrives.
 *
 * @param timeout in milliseconds
 * @throws the failure of the last request, if none was answered
 */
export async function fetchReport(coordinator: Coordinator, queryId: string, timeout: number): Promise<FetchedReport> {
  const limit = AbortSignal.timeout(Math.max(timeout, 1));
  const request = { method: 'GET', signal: limit } as const;
  let last: FetchedReport | undefined;
  try {
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      const json = await coordinator.receive(queryPath(queryId), request, ({ body }) => parseJson(body ?? ''));
      last = { json, isFinal: fieldsOf(json)?.finalQueryInfo === true };
      if (last.isFinal) return last;
      await pause(delay, limit);
    }
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}
