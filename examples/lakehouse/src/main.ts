import { mkdirSync, rmSync } from 'node:fs';
import { createEngine, type ExecutionSpec } from '@planscope/engine';
import { createSpanRecorder, renderSpanTree } from '@planscope/testing';

const TABLE = '.planscope/lake/deliveries';
rmSync(TABLE, { recursive: true, force: true });
mkdirSync(TABLE, { recursive: true });

const recorder = createSpanRecorder();
const engine = await createEngine({
  tracing: { preset: 'production-lean', ruleMode: 'phase-only' },
  tracerProvider: recorder.tracerProvider,
});

/** Writes the deliveries of one day, and returns the version of the table that has them. */
async function deliver(day: string, count: number, mode: 'create' | 'append'): Promise<number | undefined> {
  const sql = `SELECT DATE '${day}' AS day, range AS parcel, range % 7 = 0 AS is_late FROM range(${count})`;
  const { outputs } = await engine.run({
    version: 1,
    views: [{ name: 'deliveries', sql }],
    outputs: [{ name: 'table', from: 'deliveries', location: TABLE, format: 'delta', mode }],
  });
  return outputs[0]?.file?.version;
}

/** Counts the late parcels, in the newest version of the table or in an older one. */
async function countLate(version?: number): Promise<void> {
  const spec: ExecutionSpec = {
    version: 1,
    inputs: [
      {
        name: 'deliveries',
        location: TABLE,
        format: 'delta',
        // Without this, DuckDB's extension reads the table where it is installed.
        access: 'fetch',
        ...(version === undefined ? {} : { version }),
      },
    ],
    views: [{ name: 'late', sql: 'SELECT count(*)::INTEGER AS parcels FROM deliveries WHERE is_late' }],
    outputs: [{ name: 'late', from: 'late' }],
  };
  const { outputs } = await engine.run(spec);
  const parcels = outputs[0]?.batches?.[0]?.getChild('parcels')?.get(0);
  console.log(`late in ${version === undefined ? 'the newest version' : `version ${version}`}: ${parcels}`);
}

console.log(`created: version ${await deliver('2026-11-27', 1000, 'create')}`);
console.log(`appended: version ${await deliver('2026-11-28', 2000, 'append')}`);
// Each of two writers at once gets a version of its own.
const both = await Promise.all([deliver('2026-11-29', 10, 'append'), deliver('2026-11-30', 10, 'append')]);
console.log(`two writers at once: versions ${both.sort().join(' and ')}`);
await countLate(0);
recorder.clear();
await countLate();
await engine.close();

console.log();
console.log(
  renderSpanTree(recorder.spans(), {
    attributes: ['planscope.metrics.files_scanned', 'planscope.metrics.bytes_read', 'datafusion.metrics.output_rows'],
  }),
);
