import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, vi } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import type { ConnectionEvents } from '../events/connection-events.ts';
import { EventLog } from '../events/event-log.ts';
import { MeasuredConnection } from './measured-connection.ts';

it('keeps no events of statements that are not measured while another connection is', async () => {
  const instance = await DuckDBInstance.create(':memory:', { enable_external_file_cache: 'false' });
  const log = (await EventLog.open(instance)) as EventLog;
  const attach = vi.spyOn(log, 'attach');
  const measured = new MeasuredConnection({ lend: { kinds: ['reads'], lend: async () => log } }, 'own');
  const connection = await instance.connect();
  await measured.collectEvents(connection);
  const events = (await attach.mock.results[0]?.value) as ConnectionEvents;
  const use = log.begin();
  for (let statement = 0; statement < 10; statement += 1) {
    measured.unmeasured();
    await connection.run(`SELECT count(*) FROM read_csv('${AIRPORTS}')`);
    log.read();
    log.parse();
  }
  log.end(use);
  // Those of the last statement, which a measured one or the next forgets.
  expect(events.take().length).toBe(1);
  measured.close();
  await log.close();
  instance.closeSync();
});
