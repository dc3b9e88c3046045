import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterAll, afterEach, expect, vi } from 'vitest';
import { AzStore } from '../../src/az/index.ts';
import type { ObjectStore } from '../../src/contract/object-store.ts';
import { GsStore } from '../../src/gs/index.ts';
import { instrumentStore } from '../../src/instrument/instrument-store.ts';
import { S3Store } from '../../src/s3/index.ts';
import { AzServer } from './az-server.ts';
import { account, accountKey } from './azurite.ts';
import { GsServer } from './gs-server.ts';
import type { LoopbackServer, Request, Response } from './loopback-server.ts';
import { S3Server } from './s3-server.ts';
import { accessKeyId, secretAccessKey } from './s3-signature.ts';

/** A cloud store before a server that a test can tell to fail; the SDK behind it tries more than once, with hardly a pause. */
export interface CloudScene {
  readonly name: string;
  readonly server: LoopbackServer;
  readonly store: ObjectStore;
  /** The same with spans. */
  readonly traced: ObjectStore;
  readonly recorder: SpanRecorder;
  /** Makes a store of its own before the same server. */
  make(options?: { readonly responseTimeout?: number }): ObjectStore;
  /** What the service answers to credentials that do not permit a request. */
  readonly refusal: Response;
  /** Which step of the life of an object a request is. */
  readonly isBody: (request: Request) => boolean;
  readonly isPart: (request: Request) => boolean;
  readonly isCompletion: (request: Request) => boolean;
  /** Makes objects without the store, in the image of `x`. */
  fill(paths: readonly string[]): void;
  /** Uploads, and objects that no listing of ours shows, which a test may not leave behind. */
  leftovers(): readonly string[];
}

const mebibyte = 1024 * 1024;

/** Starts a server for each cloud store; it ends with the test file. Every test must leave no span and no request open. */
export async function cloudScenes(): Promise<CloudScene[]> {
  const scenes = await Promise.all([s3Scene(), gsScene(), azScene()]);
  afterAll(() => Promise.all(scenes.map(({ server }) => server.close())));
  afterEach(async () => {
    for (const { server, recorder } of scenes) {
      server.fault = () => undefined;
      expect(recorder.openSpans()).toBe(0);
      recorder.clear();
      await vi.waitFor(() => expect(server.active).toBe(0), { timeout: 5_000 });
    }
  });
  return scenes;
}

function scene(given: Omit<CloudScene, 'store' | 'traced' | 'recorder'>): CloudScene {
  const recorder = createSpanRecorder();
  const store = given.make();
  return { ...given, recorder, store, traced: instrumentStore(store, { tracerProvider: recorder.tracerProvider }) };
}

async function s3Scene(): Promise<CloudScene> {
  const server = new S3Server();
  const endpoint = await server.listen();
  const settings = { bucket: server.bucket, endpoint, region: 'us-east-1', partSize: 5 * mebibyte };
  const credentials = { accessKeyId, secretAccessKey };
  const clientConfig = { retryMode: 'standard', maxAttempts: 3 };
  return scene({
    name: 's3',
    server,
    make: (options) => new S3Store({ ...settings, ...options, credentials, clientConfig }),
    refusal: { status: 403, body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>' },
    isBody: ({ method }) => method === 'GET',
    isPart: ({ method, url }) => method === 'PUT' && url.searchParams.has('partNumber'),
    isCompletion: ({ method, url }) => method === 'POST' && url.searchParams.has('uploadId'),
    fill: (paths) => copies(server.objects, paths),
    leftovers: () => [...server.uploads.keys()],
  });
}

async function gsScene(): Promise<CloudScene> {
  const server = new GsServer();
  const settings = { bucket: server.bucket, apiEndpoint: await server.listen(), projectId: 'loopback' };
  const clientConfig = { retryOptions: { maxRetries: 1, maxRetryDelay: 1 } };
  return scene({
    name: 'gs',
    server,
    make: (options) => new GsStore({ ...settings, ...options, partSize: mebibyte, clientConfig }),
    refusal: {
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: { code: 403, message: 'no', errors: [{ reason: 'forbidden' }] } }),
    },
    isBody: ({ url }) => url.searchParams.get('alt') === 'media',
    isPart: ({ url }) => url.searchParams.get('name')?.includes('/part-') === true,
    isCompletion: ({ url }) => url.pathname.endsWith('/compose'),
    fill: (paths) => copies(server.objects, paths),
    leftovers: () => [...server.objects.keys()].filter((key) => key.startsWith('.planscope-')),
  });
}

async function azScene(): Promise<CloudScene> {
  const server = new AzServer();
  const endpoint = await server.listen();
  const settings = { container: server.container, endpoint, account, accountKey, partSize: mebibyte };
  const clientConfig = { retryOptions: { maxTries: 3, retryDelayInMs: 1 } };
  return scene({
    name: 'az',
    server,
    make: (options) => new AzStore({ ...settings, ...options, clientConfig }),
    refusal: { status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } },
    isBody: ({ method, url }) => method === 'GET' && !url.searchParams.has('comp'),
    isPart: ({ url }) => url.searchParams.get('comp') === 'block',
    isCompletion: ({ url }) => url.searchParams.get('comp') === 'blocklist',
    fill: (paths) => server.fill(paths),
    // The service keeps blocks without an object by itself, and lets go of them after a week.
    leftovers: () => [],
  });
}

function copies<Value>(objects: Map<string, Value>, paths: readonly string[]): void {
  const original = objects.get('x');
  if (original === undefined) throw new Error('there is no object "x" to copy');
  for (const path of paths) objects.set(path, original);
}
