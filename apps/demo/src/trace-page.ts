import { createReadStream, writeFileSync } from 'node:fs';
import { findings } from '@planscope/findings';
import { readRuns } from '@planscope/run-model';
import { renderPage } from '@planscope/viewer';

/**
 * Writes a page with the run of one trace.
 *
 * @param traceFile may have other traces, too
 */
export async function writePage(file: string, traceFile: string, traceId: string): Promise<void> {
  const page = [];
  for await (const run of readRuns(createReadStream(traceFile))) {
    if (run.identity.traceId === traceId) page.push({ run, findings: findings(run) });
  }
  writeFileSync(file, renderPage(page));
}
