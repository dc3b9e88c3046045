import { finishInSlices, nextTurn, type Steps } from '@planscope/internal/steps';
import type { EngineReport, RunWarning, WarningSink } from '@planscope/plan/report';
import type { TrinoQueryInfo } from './query-info.ts';
import { readingQueryInfo } from './read-query-info.ts';
import { makingEngineReport, type TrinoOutcome } from './to-engine-report.ts';

/** What a query reports of itself, as Trino has it and as it is drawn. */
export interface TrinoReading {
  readonly info: TrinoQueryInfo;
  readonly report: EngineReport;
}

/**
 * Reads a query's report and makes the engine report of it, in slices of a few milliseconds between which other work of
 * the event loop runs. A text is parsed in a turn of its own. Never rejects.
 *
 * @param json the body of `GET /v1/query/{id}`, as JSON text or as a parsed value
 * @param outcome how the query ended for its client; used while the cluster does not say it
 * @param warn gets `trino-report-unknown` once in a process for each part of a form that is not known; default none
 */
export async function readReport(json: unknown, outcome?: TrinoOutcome, warn?: WarningSink): Promise<TrinoReading> {
  // The caller has just received the text, which can hold the event loop for as long as parsing it does.
  if (typeof json === 'string') await nextTurn();
  const reading = await finishInSlices(inSteps(json, outcome));
  if (warn !== undefined) warnOfUnknown(reading.info, warn);
  return reading;
}

function* inSteps(json: unknown, outcome: TrinoOutcome | undefined): Steps<TrinoReading> {
  const info = yield* readingQueryInfo(json);
  return { info, report: yield* makingEngineReport(info, outcome) };
}

const warned = new Set<string>();

function warnOfUnknown({ unknown, version }: TrinoQueryInfo, warn: WarningSink): void {
  const parts = unknown.filter((part) => !warned.has(part));
  if (parts.length === 0) return;
  for (const part of parts) warned.add(part);
  const from = version === '' ? 'Trino' : `Trino ${version}`;
  const warning: RunWarning = {
    code: 'trino-report-unknown',
    message: `the report of ${from} has another form than expected in: ${parts.join(', ')}; the trace lacks what is there`,
  };
  try {
    warn(warning);
  } catch {
    // The sink belongs to the program; reading goes on.
  }
}
