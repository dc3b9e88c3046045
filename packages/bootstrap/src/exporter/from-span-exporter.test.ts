import { setTimeout as pause } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { startTracing } from '../start-tracing.ts';
import type { SpanExporter } from './from-span-exporter.ts';

type Export = SpanExporter['export'];

/** An exporter of one batch after another, with the parts that a test replaces. */
function exporterOf(parts: Partial<SpanExporter> = {}): SpanExporter & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    export: (spans, done) => {
      calls.push(`export ${spans.length}`);
      (parts.export ?? ((_, call) => call({ code: 0 })))(spans, done);
    },
    forceFlush: async () => {
      calls.push('forceFlush');
      await parts.forceFlush?.();
    },
    shutdown: async () => {
      calls.push('shutdown');
      await parts.shutdown?.();
    },
  };
}

function start(spanExporters: readonly SpanExporter[], exportPolicy: { readonly exportTimeoutMillis?: number } = {}) {
  const warnings: string[] = [];
  const config = tracingConfig({ exporters: [], exportPolicy: { maxExportBatchSize: 2, ...exportPolicy } });
  const handle = startTracing(config, { register: 'never', spanExporters, warn: (line) => warnings.push(line) });
  const tracer = handle.tracerProvider.getTracer('test');
  for (let index = 0; index < 4; index += 1) tracer.startSpan(`span ${index}`).end();
  return { handle, tracer, warnings };
}

const failing: Readonly<Record<string, { readonly export: Export; readonly said: RegExp }>> = {
  'says that it failed': {
    export: (_, done) => done({ code: 1, error: Object.assign(new Error('Not Found'), { code: 404 }) }),
    said: /a batch failed: Not Found \(404\)/,
  },
  'says that it failed, without a reason': {
    export: (_, done) => done({ code: 1 }),
    said: /a batch failed: no reason given/,
  },
  'calls back with nothing': {
    export: (_, done) => (done as () => void)(),
    said: /a batch failed: no reason given/,
  },
  'throws at once': {
    export: () => {
      throw new TypeError('spans is not iterable');
    },
    said: /its export\(\) threw: spans is not iterable/,
  },
  'never calls back': { export: () => {}, said: /no result of a batch within 50 ms; check its timeout/ },
  'calls back after the time of a batch': {
    export: (_, done) => void setTimeout(done, 120, { code: 0 }),
    said: /no result of a batch within 50 ms/,
  },
  'fails, then says that it succeeded': {
    export: (_, done) => {
      done({ code: 1, error: new Error('first') });
      done({ code: 0 });
    },
    said: /a batch failed: first/,
  },
};

test.concurrent.each(Object.entries(failing))('an exporter that %s: its batches are unknown', async (_, each) => {
  const exporter = exporterOf(each);
  const { handle, warnings } = start([exporter], { exportTimeoutMillis: 50 });
  expect(await handle.flush(2_000)).toEqual({ complete: true, pending: 0 });
  await pause(150);
  await handle.shutdown(1_000);
  expect(handle.stats()).toMatchObject([
    { confirmedBy: 'exporter', made: 4, exported: 0, unknown: 4, dropped: 0, pending: 0 },
  ]);
  expect(exporter.calls).toEqual(['export 2', 'export 2', 'forceFlush', 'forceFlush', 'shutdown']);
  expect(warnings).toEqual([
    expect.stringMatching(each.said),
    expect.stringMatching(
      /success for 0 of 4 spans; 4 in batches that failed, and the exporter does not say whether any/,
    ),
  ]);
});

const succeeding: Readonly<Record<string, Export>> = {
  'calls back twice': (_, done) => {
    done({ code: 0 });
    done({ code: 0 });
  },
  'succeeds, then fails': (_, done) => {
    done({ code: 0 });
    done({ code: 1, error: new Error('too late') });
  },
  'succeeds, then throws': (_, done) => {
    done({ code: 0 });
    throw new Error('too late');
  },
  'calls back in a later turn': (_, done) => void setImmediate(() => done({ code: 0 })),
};

test.concurrent.each(Object.entries(succeeding))('an exporter that %s is counted once', async (_, each) => {
  const { handle, warnings } = start([exporterOf({ export: each })]);
  await handle.shutdown(1_000);
  expect(handle.stats()).toMatchObject([{ made: 4, exported: 0, unconfirmed: 4, unknown: 0, pending: 0 }]);
  expect(warnings).toEqual([]);
});

test('a forceFlush that rejects or hangs makes the flush incomplete, by the deadline', async () => {
  let forceFlush: () => Promise<void> = () => Promise.reject(new Error('disk full'));
  const { handle, warnings } = start([exporterOf({ forceFlush: () => forceFlush() })]);
  expect(await handle.flush(1_000)).toEqual({ complete: false, pending: 0 });
  expect(warnings).toEqual([expect.stringMatching(/its forceFlush\(\) failed: disk full/)]);
  forceFlush = () => new Promise(() => {});
  expect(await handle.flush(20)).toEqual({ complete: false, pending: 0 });
  forceFlush = async () => {};
  expect(await handle.flush(1_000)).toEqual({ complete: true, pending: 0 });
  await handle.shutdown();
});

test.each([
  ['rejects', () => Promise.reject(new Error('already closed')), /its shutdown\(\) failed: already closed/],
  [
    'throws',
    () => {
      throw new Error('already closed');
    },
    /its shutdown\(\) failed: already closed/,
  ],
  ['hangs', () => new Promise<void>(() => {}), undefined],
])('a shutdown that %s ends by the deadline, and the books are closed', async (_, shutdown, said) => {
  const exporter = exporterOf({ shutdown });
  const { handle, warnings } = start([exporter]);
  const started = performance.now();
  await handle.shutdown(300);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(exporter.calls.at(-1)).toBe('shutdown');
  expect(handle.stats()).toMatchObject([{ made: 4, exported: 0, unconfirmed: 4, pending: 0 }]);
  expect(warnings).toEqual(said === undefined ? [] : [expect.stringMatching(said)]);
});

test('a batch in flight at the deadline of the shutdown is unknown, and what waits behind it dropped', async () => {
  const exporter = exporterOf({ export: () => {} });
  const { handle } = start([exporter]);
  await handle.shutdown(50);
  expect(handle.stats()).toMatchObject([
    { made: 4, unknown: 2, dropped: 2, droppedByReason: { deadline: 2 }, pending: 0 },
  ]);
  expect(exporter.calls).toEqual(['export 2', 'shutdown']);
});

test('exporters of one class are told apart by a number, and one of no class has a name', async () => {
  const [first, second] = [new InMemorySpanExporter(), new InMemorySpanExporter()];
  const { handle } = start([first, second, exporterOf(), first]);
  await handle.flush();
  expect(handle.stats()).toMatchObject([
    { exporter: 'InMemorySpanExporter', unconfirmed: 4 },
    { exporter: 'InMemorySpanExporter 2', unconfirmed: 4 },
    { exporter: 'SpanExporter', unconfirmed: 4 },
  ]);
  const names = (exporter: InMemorySpanExporter): string[] => exporter.getFinishedSpans().map(({ name }) => name);
  expect(names(first)).toEqual(['span 0', 'span 1', 'span 2', 'span 3']);
  expect(names(second)).toEqual(names(first));
  await handle.shutdown();
});

test('one exporter that stands still holds up no other', async () => {
  const { handle } = start([exporterOf({ export: () => {} }), exporterOf()]);
  expect(await handle.flush(50)).toEqual({ complete: false, pending: 4 });
  expect(handle.stats().map(({ unconfirmed }) => unconfirmed)).toEqual([0, 4]);
  await handle.shutdown(50);
});

test('what an exporter does is not traced', async () => {
  const seen: (readonly ReadableSpan[])[] = [];
  const { handle, tracer } = start([
    exporterOf({
      export: (spans, done) => {
        tracer.startSpan('a request of the exporter').end();
        seen.push(spans as ReadableSpan[]);
        done({ code: 0 });
      },
      forceFlush: async () => tracer.startSpan('a flush of the exporter').end(),
    }),
  ]);
  await handle.shutdown();
  expect(seen.flat().map(({ name }) => name)).toEqual(['span 0', 'span 1', 'span 2', 'span 3']);
});

test.each([
  ['a processor', new SimpleSpanProcessor(new InMemorySpanExporter())],
  ['nothing', undefined],
  ['a name', 'otlp'],
])('%s is no exporter', (_, wrong) => {
  const spanExporters = [exporterOf(), wrong as unknown as SpanExporter];
  expect(() => start(spanExporters)).toThrow(
    expect.objectContaining({ code: 'invalid-span-exporter', message: expect.stringContaining('spanExporters[1]') }),
  );
});
