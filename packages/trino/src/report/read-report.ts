import type { EngineReport } from '@planscope/plan/report';
import type { TrinoQueryInfo } from './query-info.ts';
import { readingQueryInfo } from './read-query-info.ts';
import { finishInSlices, type Steps } from './steps.ts';
import { makingEngineReport, type TrinoOutcome } from './to-engine-report.ts';

/** What a query reports of itself, as Trino has it and as it is drawn. */
export interface TrinoReading {
  readonly info: TrinoQueryInfo;
  readonly report: EngineReport;
}

/**
 * Reads a query's report and makes the engine report of it, in slices of a few milliseconds between which other work of
 * the event loop runs. Only parsing the text is done at once. Never rejects.
 *
 * @param json the body of `GET /v1/query/{id}`, as JSON text or as a parsed value
 * @param outcome used while the cluster does not say how the query ended
 */
export function readReport(json: unknown, outcome?: TrinoOutcome): Promise<TrinoReading> {
  return finishInSlices(reading(json, outcome));
}

function* reading(json: unknown, outcome: TrinoOutcome | undefined): Steps<TrinoReading> {
  const info = yield* readingQueryInfo(json);
  return { info, report: yield* makingEngineReport(info, outcome) };
}
