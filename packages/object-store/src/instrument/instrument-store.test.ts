import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { SpanBudget } from '@planscope/plan';
import { createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { collect, patternBytes } from '../testing/room.ts';
import { innerStore, instrumentStore } from './instrument-store.ts';
import type { InstrumentStoreOptions } from './storage-tracer.ts';

interface Scene {
  readonly memory: MemoryStore;
  readonly recorder: SpanRecorder;
  readonly store: ObjectStore;
  /** The last storage span's attributes. */
  attributes(): Record<string, unknown>;
}

function scene(options: InstrumentStoreOptions = {}): Scene {
  const memory = new MemoryStore();
  const recorder = createSpanRecorder();
  const store = instrumentStore(memory, { tracerProvider: recorder.tracerProvider, ...options });
  return { memory, recorder, store, attributes: () => recorder.spans().at(-1)?.attributes ?? {} };
}

const shown = ['object_store.*', 'error.type'];
const volatile = [
  'object_store.time_to_first_byte',
  'object_store.result.meta',
  'object_store.name',
  'object_store.operation',
  'object_store.base_url',
];

/** The tree without what differs from run to run, or is in the name already. */
function tree(recorder: SpanRecorder): string {
  const attributes = [...new Set(recorder.spans().flatMap((span) => Object.keys(span.attributes)))].filter(
    (key) => shown.some((wanted) => key.startsWith(wanted.replace('*', ''))) && !volatile.includes(key),
  );
  return renderSpanTree(recorder.spans(), { attributes });
}

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

describe('spans of a store', () => {
  it('one for each operation, under the operator that asked', async () => {
    const { recorder, store } = scene();
    const tracer = recorder.tracerProvider.getTracer('test');
    const operator = tracer.startSpan('FetchExec', {}, ROOT_CONTEXT);
    const call = { otelContext: trace.setSpan(ROOT_CONTEXT, operator) };
    await store.put('a/1', 'one', { ...call, mode: 'create', tags: { owner: 'secret value' } });
    await store.put('a/2', patternBytes(10), {
      ...call,
      attributes: { contentType: 'text/csv', metadata: { key: 'secret' } },
    });
    await (await store.get('a/1', { ...call, range: { start: 1, end: 9 } })).body.text();
    await store.getRanges('a/2', [{ start: 0, end: 2 }, { suffix: 3 }], call);
    await store.head('a/1', call);
    await store.getTags?.('a/1', call);
    await store.copy('a/1', 'b', { ...call, mode: 'create' });
    await store.rename('b', 'c/d', call);
    await collect(store.list('', { ...call, pageSize: 2 }));
    await collect(store.listWithOffset('a', 'a/1', call));
    await collect(store.listWithDelimiter(undefined, call));
    const upload = await store.putMultipart('big', call);
    await upload.putPart(2, 'second');
    await upload.putPart(1, 'first ');
    await upload.complete();
    await (await store.putMultipart('never', call)).abort();
    await store.delete('c/d', call);
    await collect(store.deleteStream(['a/1', 'missing', 'a/2'], call));
    operator.end();
    expect(tree(recorder)).toMatchInlineSnapshot(`
      "FetchExec
        memory.put object_store.content_length=3 object_store.location=a/1 object_store.options="{\\"mode\\":\\"create\\",\\"tags\\":[\\"owner\\"]}" object_store.result.e_tag=1
        memory.put object_store.content_length=10 object_store.location=a/2 object_store.options="{\\"contentType\\":\\"text/csv\\",\\"metadata\\":[\\"key\\"]}" object_store.result.e_tag=2
        memory.get object_store.body_complete=true object_store.location=a/1 object_store.ranges=1-9 object_store.result.bytes=2 object_store.result.content_length=2 object_store.result.e_tag=1 object_store.result.range=1-3
        memory.get_ranges object_store.location=a/2 object_store.ranges=0-2,-3 object_store.result.bytes=5
        memory.head object_store.location=a/1 object_store.result.e_tag=1
        memory.get_tags object_store.location=a/1
        memory.copy object_store.from=a/1 object_store.options="{\\"mode\\":\\"create\\"}" object_store.to=b
        memory.rename object_store.from=b object_store.to=c/d
        memory.list object_store.options="{\\"pageSize\\":2}" object_store.prefix= object_store.result.object_count=3 object_store.result.page_count=2
        memory.list_with_offset object_store.offset=a/1 object_store.prefix=a object_store.result.object_count=1 object_store.result.page_count=1
        memory.list_with_delimiter object_store.prefix= object_store.result.object_count=0 object_store.result.page_count=1 object_store.result.prefix_count=2
        memory.put_multipart object_store.location=big
        memory.put_part object_store.content_length=6 object_store.location=big object_store.part_number=2
        memory.put_part object_store.content_length=6 object_store.location=big object_store.part_number=1
        memory.complete object_store.content_length=12 object_store.location=big object_store.request_count=2 object_store.result.e_tag=5
        memory.put_multipart object_store.location=never
        memory.abort object_store.content_length=0 object_store.location=never
        memory.delete object_store.location=c/d
        memory.delete_stream !NotFound error.type=NotFound object_store.result.err=NotFound object_store.result.error_count=1 object_store.result.object_count=2"
    `);
    expect(JSON.stringify(recorder.spans().map(({ attributes }) => attributes))).not.toContain('secret');
  });

  it('carry what a sampler needs from the start', async () => {
    const seen: Record<string, unknown>[] = [];
    const { recorder } = scene();
    const provider = createSpanRecorder({
      sampler: {
        shouldSample: (_context, _id, name, _kind, attributes) => {
          seen.push({ name, ...attributes });
          return { decision: 2 };
        },
        toString: () => 'spy',
      },
    });
    const store = instrumentStore(new MemoryStore(), { tracerProvider: provider.tracerProvider, name: 'cache' });
    await store.put('x', 'abc');
    expect(seen).toEqual([
      {
        name: 'cache.put',
        'planscope.span.kind': 'storage',
        'planscope.timing.basis': 'measured',
        'object_store.name': 'cache',
        'object_store.base_url': 'memory:///',
        'object_store.operation': 'put',
        'object_store.location': 'x',
        'object_store.content_length': 3,
      },
    ]);
    expect(recorder.spans()).toEqual([]);
  });
});

describe('the span of a get', () => {
  const size = 600_000;

  async function got(): Promise<Scene & { body: Awaited<ReturnType<ObjectStore['get']>>['body'] }> {
    const made = scene();
    await made.memory.put('x', patternBytes(size));
    const { body } = await made.store.get('x');
    expect(made.recorder.openSpans()).toBe(1);
    return { ...made, body };
  }

  it('lasts until the body was read, with the bytes delivered', async () => {
    const { body, recorder, attributes } = await got();
    let seen = 0;
    for await (const chunk of body) {
      seen += chunk.byteLength;
      expect(recorder.openSpans()).toBe(1);
    }
    expect(seen).toBe(size);
    expect(recorder.openSpans()).toBe(0);
    expect(attributes()).toMatchObject({ 'object_store.result.bytes': size, 'object_store.body_complete': true });
    expect(attributes()['object_store.time_to_first_byte']).toBeGreaterThan(0);
  });

  it('ends where the reader stops', async () => {
    const { body, recorder, attributes } = await got();
    for await (const _ of body) break;
    expect(recorder.openSpans()).toBe(0);
    expect(attributes()).toMatchObject({ 'object_store.result.bytes': 262_144, 'object_store.body_complete': false });
    expect(recorder.spans().at(-1)?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('ends when the body is cancelled unread', async () => {
    const { body, recorder, attributes } = await got();
    await body.cancel();
    expect(recorder.openSpans()).toBe(0);
    expect(attributes()).toMatchObject({ 'object_store.result.bytes': 0, 'object_store.body_complete': false });
    expect(attributes()).not.toHaveProperty('object_store.time_to_first_byte');
  });

  it('ends when a web stream over the body is cancelled', async () => {
    const { body, recorder } = await got();
    const reader = body.stream().getReader();
    await reader.read();
    await reader.cancel();
    expect(recorder.openSpans()).toBe(0);
  });

  it('ends with the signal, also while no one reads', async () => {
    const { memory, store, recorder, attributes } = scene();
    await memory.put('x', patternBytes(size));
    const controller = new AbortController();
    const { body } = await store.get('x', { signal: controller.signal });
    const reason = new DOMException('enough', 'AbortError');
    controller.abort(reason);
    expect(recorder.openSpans()).toBe(0);
    expect(attributes()).toMatchObject({ 'error.type': 'AbortError', 'object_store.body_complete': false });
    await expect(body.bytes()).rejects.toBe(reason);
  });
});

describe('errors', () => {
  it('are recorded, and thrown as they are', async () => {
    const { store, recorder, attributes } = scene();
    const error = await store.get('missing/file').catch((thrown: unknown) => thrown);
    expect(ObjectStoreError.isInstance(error, 'NotFound')).toBe(true);
    expect(attributes()).toMatchObject({ 'error.type': 'NotFound', 'object_store.result.err': 'NotFound' });
    const [span] = recorder.spans();
    expect(span?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: '[planscope/object-store] there is no such object (store "memory", path "missing/file")',
    });
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  it('do not include the absence of an object that may be absent', async () => {
    const { recorder, store, attributes } = scene();
    await expect(store.get('none', { mayBeAbsent: true })).rejects.toThrow();
    expect(attributes()['object_store.result.err']).toBe('NotFound');
    expect(attributes()).not.toHaveProperty('error.type');
    expect(recorder.spans().at(-1)?.status.code).toBe(SpanStatusCode.UNSET);
    expect(recorder.spans().at(-1)?.events).toEqual([]);
  });

  it('of a program hold none of its data unless asked to', async () => {
    const broken = (): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('row of Ada Lovelace')) }),
    });
    const redacting = scene();
    await expect(redacting.store.put('x', broken())).rejects.toThrow('row of Ada Lovelace');
    expect(redacting.recorder.spans()[0]?.status.message).toBe('Error');
    const keeping = scene({ errorMessages: 'keep' });
    await expect(keeping.store.put('x', broken())).rejects.toThrow();
    expect(keeping.recorder.spans()[0]?.status.message).toBe('row of Ada Lovelace');
  });

  it('of each deletion are recorded on the stream', async () => {
    const { store, recorder, attributes } = scene();
    await collect(store.deleteStream(Array.from({ length: 20 }, (_, index) => `missing/${index}`)));
    expect(attributes()).toMatchObject({
      'error.type': 'NotFound',
      'object_store.result.error_count': 20,
      'object_store.result.object_count': 0,
    });
    expect(recorder.spans()[0]?.events).toHaveLength(8);
  });
});

describe('uploads', () => {
  it('have no span for a part where that is switched off, but for one that fails', async () => {
    const { store, recorder } = scene({ partSpans: false });
    const upload = await store.putMultipart('big');
    await upload.putPart(1, 'first');
    await expect(upload.putPart(0, 'none')).rejects.toMatchObject({ kind: 'Generic' });
    await upload.complete();
    expect(tree(recorder)).toMatchInlineSnapshot(`
      "memory.put_multipart object_store.location=big
      memory.put_part !Generic error.type=Generic object_store.content_length=4 object_store.location=big object_store.part_number=0 object_store.result.err=Generic
      memory.complete object_store.content_length=5 object_store.location=big object_store.request_count=1 object_store.result.e_tag=1"
    `);
  });

  it('count the bytes of streams as the store takes them', async () => {
    const { store, recorder } = scene();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield patternBytes(10);
      yield patternBytes(5);
    }
    await store.put('x', chunks());
    expect(recorder.spans()[0]?.attributes['object_store.content_length']).toBe(15);
  });
});

describe('the wrapper', () => {
  it('is never put on twice, and leads to the store within', () => {
    const { memory, store } = scene();
    expect(instrumentStore(store)).toBe(store);
    expect(innerStore(store)).toBe(memory);
    expect(innerStore(memory)).toBe(memory);
    const ofAnotherCopy = Object.assign(new MemoryStore(), { [Symbol.for('planscope.object-store.inner')]: memory });
    expect(instrumentStore(ofAnotherCopy)).toBe(ofAnotherCopy);
  });

  it('makes no span for what is switched off, but for a part that fails', async () => {
    const asked: string[] = [];
    const { store, recorder } = scene({
      isEnabled: (name, level) => {
        asked.push(`${name} ${level}`);
        return name !== 'memory.get' && level !== 'debug';
      },
    });
    const tracer = recorder.tracerProvider.getTracer('test');
    const above = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('above', {}, ROOT_CONTEXT));
    const budget = new SpanBudget();
    await store.put('a', 'one', { otelContext: above, budget });
    const { body } = await store.get('a', { otelContext: above, budget });
    expect(trace.getSpan(context.active())).toBeUndefined();
    expect(await body.text()).toBe('one');
    const upload = await store.putMultipart('b', { otelContext: above, budget });
    await upload.putPart(1, 'first');
    await expect(upload.putPart(0, 'never')).rejects.toThrow();
    await upload.complete();
    trace.getSpan(above)?.end();
    expect(renderSpanTree(recorder.spans(), { attributes: ['object_store.content_length'] })).toMatchInlineSnapshot(`
      "above
        memory.put object_store.content_length=3
        memory.put_multipart
        memory.put_part !Generic object_store.content_length=5
        memory.complete object_store.content_length=5"
    `);
    expect(asked).toMatchInlineSnapshot(`
      [
        "memory.put info",
        "memory.get info",
        "memory.put_multipart info",
        "memory.put_part debug",
        "memory.put_part debug",
        "memory.put_part error",
        "memory.complete info",
      ]
    `);
    expect(budget.used).toBe(4);
  });

  it('keeps what is called without a span of its own under the caller', async () => {
    const seen: unknown[] = [];
    const memory = new MemoryStore();
    await memory.put('a', 'one');
    const head = memory.head.bind(memory);
    memory.head = (path, options) => {
      seen.push(trace.getSpan(context.active()));
      return head(path, options);
    };
    const recorder = createSpanRecorder();
    const store = instrumentStore(memory, { tracerProvider: recorder.tracerProvider, isEnabled: () => false });
    const above = recorder.tracerProvider.getTracer('test').startSpan('above', {}, ROOT_CONTEXT);
    await store.head('a', { otelContext: trace.setSpan(ROOT_CONTEXT, above) });
    expect(seen).toEqual([above]);
    expect(recorder.spans()).toEqual([]);
  });

  it('offers what the store offers, and nothing else', () => {
    const { memory, store } = scene();
    for (const ability of ['getTags', 'signedUrl', 'localPath'] as const) {
      expect(typeof store[ability]).toBe(typeof (memory as ObjectStore)[ability]);
    }
    expect([store.name, store.baseUrl, store.capabilities]).toEqual([memory.name, memory.baseUrl, memory.capabilities]);
  });

  it('makes no span over the budget, and does the work all the same', async () => {
    const { store, recorder } = scene();
    const budget = new SpanBudget(1);
    await store.put('x', 'abc', { budget });
    const { body } = await store.get('x', { budget });
    expect(await body.text()).toBe('abc');
    expect(await collect(store.list('', { budget }))).toHaveLength(1);
    expect(recorder.spans().map(({ name }) => name)).toEqual(['memory.put']);
    expect([budget.used, budget.dropped]).toEqual([1, 2]);
  });

  it('runs the store and its streams with the span active, and keeps the baggage', async () => {
    const { memory, recorder } = scene();
    const inner: string[] = [];
    const note = (): void => {
      const active = trace.getActiveSpan()?.spanContext().spanId;
      inner.push(`${active}/${propagation.getActiveBaggage()?.getEntry('tenant')?.value}`);
    };
    async function* noted(): AsyncGenerator<Uint8Array> {
      note();
      yield patternBytes(3);
      note();
    }
    const store = instrumentStore(memory, { tracerProvider: recorder.tracerProvider });
    const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
    await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => store.put('x', noted()));
    const [span] = recorder.spans();
    expect(inner).toEqual(Array(2).fill(`${span?.spanContext().spanId}/acme`));
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('starts no span for a listing that no one reads', () => {
    const { store, recorder } = scene();
    store.list();
    store.deleteStream(['x']);
    expect(recorder.openSpans()).toBe(0);
  });

  it('warns once when tracing fails, and goes on', async () => {
    const warnings: string[] = [];
    const broken = {
      startSpan: () => {
        throw new Error('broken tracer');
      },
    };
    const { store } = scene({
      tracerProvider: { getTracer: () => broken } as never,
      warn: ({ code }) => warnings.push(code),
    });
    await store.put('x', 'abc');
    expect(await (await store.get('x')).body.text()).toBe('abc');
    expect(warnings).toEqual(['storage-trace-failed']);
  });

  it('says what a store reports of its calls', async () => {
    const { recorder } = scene();
    const memory = new MemoryStore();
    const head = memory.head.bind(memory);
    memory.head = async (path, options) => {
      options?.observe?.({ attempts: 3, requests: 1 });
      return head(path, options);
    };
    const store = instrumentStore(memory, { tracerProvider: recorder.tracerProvider });
    const seen: unknown[] = [];
    await memory.put('x', 'abc');
    await store.head('x', { observe: (facts) => seen.push(facts) });
    expect(recorder.spans()[0]?.attributes).toMatchObject({
      'object_store.attempts': 3,
      'object_store.request_count': 1,
    });
    expect(seen).toEqual([{ attempts: 3, requests: 1 }]);
  });
});
