import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@planscope/object-store';
import { type Artifact, type ExecutionOutcome, type ExecutionPlan, MetricsSet, singlePartition } from '@planscope/plan';
import { testTaskContext } from '@planscope/plan/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UploadExec } from './upload-exec.ts';

let folder: string;
let store: MemoryStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-upload-'));
  store = new MemoryStore();
});

afterEach(() => rm(folder, { recursive: true }));

/** An upload over a child with the given outcome. */
function uploadOf(made: Partial<ExecutionOutcome>, mode: 'overwrite' | 'create' = 'overwrite'): UploadExec {
  const child: ExecutionPlan = {
    name: 'MakeExec',
    output: 'files',
    properties: singlePartition,
    children: [],
    withNewChildren: () => child,
    describe: () => [],
    execute: () => ({
      batches: (async function* () {})(),
      outcome: Promise.resolve({ status: 'ok', metrics: new MetricsSet(), artifacts: [], ...made }),
    }),
  };
  return new UploadExec(child, { store, path: 'out.csv', url: 'memory:///out.csv', mode });
}

async function artifact(text: string): Promise<Artifact> {
  const path = join(folder, 'made.csv');
  await writeFile(path, text);
  return { path, bytes: text.length, format: 'csv', rows: 2, dispose: () => rm(path) };
}

it('uploads the file of its child, removes it, and counts what it wrote', async () => {
  const outcome = await uploadOf({ artifacts: [await artifact('a,b\n')] }).execute(0, testTaskContext()).outcome;
  expect(outcome).toMatchObject({ status: 'ok', artifacts: [{ source: 'memory:///out.csv', bytes: 4, etag: '1' }] });
  expect([outcome.metrics.get('bytes_written'), outcome.metrics.get('output_rows')]).toEqual([4, 2]);
  expect(await (await store.get('out.csv')).body.text()).toBe('a,b\n');
  expect(await readdir(folder)).toEqual([]);
});

it('removes the file if the store refuses it, and counts nothing as written', async () => {
  await store.put('out.csv', 'the old one');
  const upload = uploadOf({ artifacts: [await artifact('a,b\n')] }, 'create');
  const outcome = await upload.execute(0, testTaskContext()).outcome;
  expect(outcome).toMatchObject({ status: 'error', error: { kind: 'AlreadyExists' }, artifacts: [] });
  expect(outcome.metrics.get('bytes_written')).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

it('fails with the unaltered error of its child', async () => {
  const error = new Error('no');
  expect(await uploadOf({ status: 'error', error }).execute(0, testTaskContext()).outcome).toMatchObject({
    status: 'error',
    error,
  });
});

it('distinguishes a cancelled child from one without a file', async () => {
  const { error } = await uploadOf({ status: 'cancelled' }).execute(0, testTaskContext()).outcome;
  expect(error).toEqual(
    new Error('[planscope/engine] the MakeExec below the UploadExec was cancelled; nothing was uploaded'),
  );
  const none = await uploadOf({}).execute(0, testTaskContext()).outcome;
  expect(none.error).toEqual(new Error('[planscope/engine] the MakeExec below the UploadExec wrote no file'));
});

it('is cancelled with its run', async () => {
  const controller = new AbortController();
  const execution = uploadOf({ status: 'cancelled' }).execute(0, testTaskContext({ signal: controller.signal }));
  controller.abort();
  expect((await execution.outcome).status).toBe('cancelled');
});
