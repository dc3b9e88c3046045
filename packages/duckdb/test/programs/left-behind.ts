// Traces connections and gives them up in the way that it is told, then prints what is left of them.
import { readdirSync, readlinkSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { flush, traceConnection } from '../../src/index.ts';

const [way = '', folder = ''] = process.argv.slice(2);
const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const instance = await DuckDBInstance.create();
const CONNECTIONS = 20;

/** Descriptors of files without a name, or in our folder. */
function descriptors(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;
}

async function useOne(): Promise<void> {
  const bare = await instance.connect();
  const connection = traceConnection(bare, {
    tracerProvider,
    temporaryFolder: folder,
    events: { instance },
    warn: () => {},
  });
  await connection.run('SELECT 42');
  const stream = await connection.stream('SELECT i FROM range(1000000) t(i)');
  await stream.fetchChunk();
  if (way === 'closed') connection.closeSync();
  if (way === 'closed through the bare one') bare.closeSync();
}

for (let index = 0; index < CONNECTIONS; index++) await useOne();
const waits = way === 'kept' ? 0 : 100;
let left = { descriptors: descriptors(), openSpans: recorder.openSpans() };
for (let index = 0; index < waits && (left.descriptors > 0 || left.openSpans > 0); index++) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await flush();
  left = { descriptors: descriptors(), openSpans: recorder.openSpans() };
}
console.log(JSON.stringify(left));
if (way === 'killed') {
  process.stdin.resume();
} else {
  instance.closeSync();
}
