import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineReport } from '@planscope/plan';
import { engineReportConformance } from '@planscope/plan/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { duckdbSchema } from '../src/semconv.ts';
import { DuckDBSession } from '../src/session/duckdb-session.ts';
import { flightsExec, reportOf } from './flights-exec.ts';
import { taskContext } from './task-context.ts';

const MARKER = 'Secretville';

const QUERIES: Readonly<Record<string, string>> = {
  'scans, joins and sorts': `SELECT city, count(*) AS n FROM flights JOIN airports ON iata = origin WHERE city <> '${MARKER}' GROUP BY city ORDER BY n DESC LIMIT 5`,
  'finds nothing': `SELECT * FROM airports WHERE city = '${MARKER}'`,
  'names a column after a value': `SELECT count(*) AS "${MARKER}", '${MARKER}' FROM airports`,
  fails: `SELECT CAST(city || '${MARKER}' AS INTEGER) FROM airports`,
};

let session: DuckDBSession;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-conformance-'));
  session = await DuckDBSession.open({ settings: { temp_directory: folder } });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(Object.entries(QUERIES))('the report of a query that %s', (_, sql) => {
  let made: Promise<EngineReport> | undefined;
  const report = async (): Promise<EngineReport> => {
    const execution = (await flightsExec(session, sql, { recording: { plans: 'per-optimizer' } })).execute(
      0,
      taskContext(),
    );
    try {
      for await (const batch of execution.batches) void batch;
    } catch {
      // Told by the outcome, too.
    }
    return reportOf(await execution.outcome);
  };
  const makeReport = (): Promise<EngineReport> => {
    made ??= report();
    return made;
  };
  for (const { name, run } of engineReportConformance(makeReport, { markers: [MARKER], schemas: [duckdbSchema] })) {
    it(name, run);
  }
});
