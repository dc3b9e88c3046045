import { createReadStream } from 'node:fs';
import { type Run, readRuns } from '@planscope/run-model';

/**
 * Reads the run of one trace; undefined if the file has none.
 *
 * @param traceFile may have other traces, too
 */
export async function readFinishedRun(traceFile: string, traceId: string): Promise<Run | undefined> {
  for await (const run of readRuns(createReadStream(traceFile))) {
    if (run.identity.traceId === traceId) return run;
  }
  return undefined;
}
