import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import { createEngine, type Engine, type RunResult } from '@planscope/engine';
import { createStoreRegistry } from '@planscope/object-store';
import { AzStore } from '@planscope/object-store/az';
import { S3Store } from '@planscope/object-store/s3';
import { sharedSchema } from '@planscope/semconv';
import { createSpanRecorder, renderSpanTree, traceChecklist } from '@planscope/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  account,
  accountKey,
  createContainer,
  startAzurite,
} from '../../../packages/object-store/test/servers/azurite.ts';
import { S3Server } from '../../../packages/object-store/test/servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from '../../../packages/object-store/test/servers/s3-signature.ts';
import { airportsFile, flightsFile } from './flight-data.ts';
import { flightsSpec } from './flights-spec.ts';

const CONTAINER = 'reports';
const recorder = createSpanRecorder();
const s3Server = new S3Server();
const sizes = { flights: 0, airports: 0 };

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let azure: AzStore;
let cacheFolder: string;
let engine: Engine;

beforeAll(async () => {
  const endpoint = await s3Server.listen();
  const s3 = new S3Store({
    bucket: s3Server.bucket,
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
  });
  for (const [name, file] of [
    ['flights', flightsFile],
    ['airports', airportsFile],
  ] as const) {
    const bytes = await readFile(file);
    sizes[name] = bytes.byteLength;
    await s3.put(`data/${basename(file)}`, bytes);
  }
  azurite = await startAzurite();
  await createContainer(azurite.endpoint, CONTAINER);
  // Parts so small that the output is uploaded in several.
  azure = new AzStore({ container: CONTAINER, endpoint: azurite.endpoint, account, accountKey, partSize: 1024 });
  cacheFolder = await mkdtemp(join(tmpdir(), 'planscope-demo-cache-'));
  engine = await createEngine({
    tracing: { preset: 'maximal' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [s3, azure] }),
    objectCache: { folder: cacheFolder },
  });
});

afterAll(async () => {
  await engine.close();
  await azurite.stop();
  await s3Server.close();
  await rm(cacheFolder, { recursive: true });
});

/** Runs the demo's specification on the cloud, and gives the tree of its spans. */
async function runDemo(): Promise<{ readonly result: RunResult; readonly tree: string }> {
  recorder.clear();
  const location = (file: string): string => `s3://${s3Server.bucket}/data/${basename(file)}`;
  const locations = { flights: location(flightsFile), airports: location(airportsFile) };
  const result = await engine.run(flightsSpec(`az://${CONTAINER}`, locations));
  expect(recorder.openSpans()).toBe(0);
  expect(
    traceChecklist(recorder.spans(), {
      schemas: [sharedSchema, duckdbSchema],
      secrets: [accountKey, accessKeyId, secretAccessKey],
    }),
  ).toEqual([]);
  const attributes = [
    'aws.s3.key',
    'object_store.ranges',
    'object_store.result.content_length',
    'object_store.content_length',
    'datafusion.metrics.output_rows',
    'planscope.metrics.bytes_read',
    'planscope.metrics.bytes_from_cache',
    'datafusion.metrics.bytes_written',
  ];
  return { result, tree: steady(renderSpanTree(recorder.spans(), { attributes }), result) };
}

/**
 * Without what differs from run to run: how much DuckDB's threads read, the size of a file whose rows have no order, and
 * which of several requests under way at the same time started first.
 */
function steady(tree: string, { outputs }: RunResult): string {
  return tree
    .replace(/(~execution_window.*?) planscope\.metrics\.bytes_read=\d+/g, '$1')
    .replaceAll(`=${outputs[0]?.file?.bytes}`, '=<size of the file>')
    .replace(/(?:^ +s3\.get .*\n)+/gm, (requests) =>
      requests
        .split(/(?<=\n)/)
        .toSorted()
        .join(''),
    );
}

const sum = (values: readonly unknown[]): number => values.reduce<number>((total, value) => total + Number(value), 0);

/** The values of an attribute on the spans of a name. */
const values = (name: string, key: string): unknown[] =>
  recorder.spans().flatMap((span) => (span.name === name && key in span.attributes ? [span.attributes[key]] : []));

it('the whole trace with inputs in an S3 bucket and the output in an Azure container', async () => {
  const { result, tree } = await runDemo();
  expect(tree).toMatchSnapshot();
  expect(result.outputs.map(({ name, rows }) => [name, rows])).toEqual([
    ['state_delays', 52],
    ['worst_states', 10],
  ]);
  const all = sizes.flights + sizes.airports;
  const described = values('s3.head', 'object_store.result.meta').map((meta) => JSON.parse(String(meta)).size);
  expect(described).toEqual([sizes.flights, sizes.airports]);
  expect(sum(values('s3.get', 'object_store.result.bytes'))).toBe(all);
  expect(result.summary.storeBytesRead).toEqual({ value: all, source: 'counted' });
  const written = await (await azure.get('state-delays.parquet')).body.bytes();
  expect(values('az.put', 'object_store.content_length')).toEqual([written.byteLength]);
  expect(result.summary.storeBytesWritten).toEqual({ value: written.byteLength, source: 'counted' });
  expect(result.outputs[0]?.file?.bytes).toBe(written.byteLength);
});

it('and once more, from the copies that are kept', async () => {
  const { result, tree } = await runDemo();
  expect(tree).toMatchSnapshot();
  expect(values('s3.get', 'object_store.result.bytes')).toEqual([]);
  expect(result.summary.storeBytesRead).toEqual({ value: 0, source: 'counted' });
  expect(values('FetchExec', 'planscope.metrics.bytes_from_cache').sort()).toEqual(
    [sizes.flights, sizes.airports].sort(),
  );
});
