import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as esm from '@planscope/duckdb';
import { recordingProvider } from '../recording-provider.ts';

const cjs = createRequire(import.meta.url)('@planscope/duckdb') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.traceConnection, cjs.traceConnection);
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    await tracedOnce(folder);
    await ownedOnce(folder);
    return 'a connection is traced once, options and the log of an instance are shared';
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function tracedOnce(folder: string): Promise<void> {
  const path = join(folder, 'flights.csv');
  await writeFile(path, 'origin,delay\nHAM,5\nMUC,40\n');
  const tracerProvider = recordingProvider();
  const queries = (): number => tracerProvider.spans.filter(({ parent }) => parent === undefined).length;
  const instance = await DuckDBInstance.create();
  const options = { tracerProvider, events: { instance } };
  const one = esm.traceConnection(await instance.connect(), options);
  assert.equal(cjs.traceConnection(one, options), one);
  const other = cjs.traceConnection(await instance.connect(), options);
  for (const connection of [one, other]) {
    const before = tracerProvider.spans.length;
    await connection.run(`SELECT count(*) FROM '${path}'`);
    await drawn();
    const reads = tracerProvider.spans
      .slice(before)
      .map(({ attributes }) => attributes['planscope.metrics.bytes_read']);
    assert.ok(
      reads.some((bytes) => Number(bytes) > 0),
      'both connections read the log that they share',
    );
  }
  assert.equal(queries(), 2);

  // Options that a program sets with one build hold for connections that the other traces.
  await cjs.withQueryOptions({ skip: true }, () => one.run('SELECT 1'));
  await esm.withQueryOptions({ skip: true }, () => other.run('SELECT 1'));
  await drawn();
  assert.equal(queries(), 2);
  one.closeSync();
  other.closeSync();
  instance.closeSync();
}

/** Waits for the spans of both builds, which are drawn when the program has gone on. */
async function drawn(): Promise<void> {
  await esm.flush();
  await cjs.flush();
}

/** A database belongs to one session of the process. */
async function ownedOnce(folder: string): Promise<void> {
  const path = join(folder, 'shop.duckdb');
  const session = await esm.DuckDBSession.open({ path });
  await assert.rejects(
    cjs.DuckDBSession.open({ path }),
    (error) => esm.DuckDBError.isInstance(error) && error.code === 'database-in-use',
  );
  await session.close();
}
