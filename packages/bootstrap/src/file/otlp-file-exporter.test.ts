import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TracingConfig } from '@planscope/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { BootstrapError } from '../bootstrap-error.ts';
import { startTracing } from '../start-tracing.ts';

const writes = vi.hoisted(() => ({ limit: Number.POSITIVE_INFINITY }));

// A disk that is full after a number of bytes: that can be had in no other way without privileges.
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const writeSync = (descriptor: number, bytes: Uint8Array, offset: number): number => {
    if (writes.limit <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const written = fs.writeSync(descriptor, bytes, offset, Math.min(bytes.length - offset, writes.limit));
    writes.limit -= written;
    return written;
  };
  return { ...fs, writeSync };
});

let directory: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'planscope-file-'));
  warnings = [];
  writes.limit = Number.POSITIVE_INFINITY;
});

afterEach(() => rmSync(directory, { recursive: true }));

type Rotation = Pick<TracingConfig['file'], 'maxBytes'> & { readonly maxFiles?: number };

function config(path: string, rotation: Rotation = {}): TracingConfig {
  return tracingConfig({ exporters: ['file'], file: { path, ...rotation }, exportPolicy: { maxExportBatchSize: 2 } });
}

function start(path: string, rotation: Rotation = {}) {
  const handle = startTracing(config(path, rotation), { register: 'never', warn: (message) => warnings.push(message) });
  const tracer = handle.tracerProvider.getTracer('test', '1.0.0');
  const make = (...names: string[]): void => {
    for (const name of names) tracer.startSpan(name, { attributes: { name } }).end();
  };
  return { handle, make };
}

interface Line {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] };
    readonly scopeSpans: readonly {
      readonly scope: unknown;
      readonly spans: readonly { readonly name: string; readonly traceId: string; readonly attributes: unknown }[];
    }[];
  }[];
}

/** The lines of the file, each parsed; the text must end with a line break. */
function linesOf(path: string): Line[] {
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function namesOf(path: string): string[][] {
  return linesOf(path).map((line) =>
    line.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name))),
  );
}

test('one export request a line, with resource and scope, in directories that are made', async () => {
  const path = join(directory, 'deep', 'down', 'traces.jsonl');
  const { handle, make } = start(path);
  make('a', 'b', 'c');
  await handle.shutdown();
  expect(namesOf(path)).toEqual([['a', 'b'], ['c']]);
  const [resource] = linesOf(path)[0]?.resourceSpans ?? [];
  expect(resource?.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'planscope' } });
  expect(resource?.scopeSpans[0]?.scope).toEqual({ name: 'test', version: '1.0.0' });
  expect(resource?.scopeSpans[0]?.spans[0]).toMatchObject({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
    attributes: [{ key: 'name', value: { stringValue: 'a' } }],
  });
  expect(handle.stats()).toMatchObject([{ exporter: 'file', destination: path, made: 3, exported: 3 }]);
  expect(warnings).toEqual([]);
});

test('what the file holds already is kept', async () => {
  const path = join(directory, 'traces.jsonl');
  for (const name of ['first', 'second']) {
    const { handle, make } = start(path);
    make(name);
    await handle.shutdown();
  }
  expect(namesOf(path)).toEqual([['first'], ['second']]);
});

test('a file that was moved away is made anew', async () => {
  const path = join(directory, 'traces.jsonl');
  const { handle, make } = start(path);
  make('before');
  await handle.flush();
  renameSync(path, `${path}.1`);
  make('after');
  await handle.shutdown();
  expect([namesOf(`${path}.1`), namesOf(path)]).toEqual([[['before']], [['after']]]);
});

test('a file that would grow too large is rotated, a line never split, and the oldest goes', async () => {
  const path = join(directory, 'traces.jsonl');
  const maxBytes = 2_000;
  const { handle, make } = start(path, { maxBytes, maxFiles: 3 });
  const long = 'l'.repeat(2 * maxBytes);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', long]) {
    make(name);
    await handle.flush();
  }
  await handle.shutdown();
  expect(readdirSync(directory).sort()).toEqual(['traces.jsonl', 'traces.jsonl.1', 'traces.jsonl.2']);
  expect(namesOf(path)).toEqual([[long]]);
  const kept = [namesOf(`${path}.2`), namesOf(`${path}.1`)].flat(2);
  expect(kept.at(-1)).toBe('g');
  expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].slice(-kept.length)).toEqual(kept);
  for (const file of ['.1', '.2']) expect(statSync(`${path}${file}`).size).toBeLessThanOrEqual(maxBytes);
  expect(handle.stats()).toMatchObject([{ made: 8, exported: 8, dropped: 0 }]);
});

test('a single file is begun anew when it is full', async () => {
  const path = join(directory, 'traces.jsonl');
  const { handle, make } = start(path, { maxBytes: 1, maxFiles: 1 });
  for (const name of ['a', 'b']) {
    make(name);
    await handle.flush();
  }
  await handle.shutdown();
  expect(readdirSync(directory)).toEqual(['traces.jsonl']);
  expect(namesOf(path)).toEqual([['b']]);
});

test('a rotation that fails loses no line that was written before', async () => {
  const path = join(directory, 'traces.jsonl');
  const { handle, make } = start(path, { maxBytes: 1, maxFiles: 2 });
  make('a');
  await handle.flush();
  mkdirSync(join(`${path}.1`, 'occupied'), { recursive: true });
  make('b');
  await handle.shutdown();
  expect(namesOf(path)).toEqual([['a']]);
  expect(handle.stats()).toMatchObject([{ made: 2, exported: 1, droppedByReason: { write_failed: 1 } }]);
});

test('a full disk leaves complete lines only, is said once and counted', async () => {
  const path = join(directory, 'traces.jsonl');
  const { handle, make } = start(path);
  make('a', 'b');
  await handle.flush();
  writes.limit = 100;
  make('c', 'd');
  await handle.flush();
  make('e');
  await handle.flush();
  writes.limit = Number.POSITIVE_INFINITY;
  make('f');
  await handle.shutdown();
  expect(namesOf(path)).toEqual([['a', 'b'], ['f']]);
  expect(handle.stats()).toMatchObject([{ made: 6, exported: 3, droppedByReason: { write_failed: 3 } }]);
  expect(warnings).toEqual([
    expect.stringMatching(/traces\.jsonl\): cannot write the trace file \(ENOSPC\); check the disk/),
    expect.stringMatching(/3 of 6 spans arrived; 3 dropped as write_failed/),
  ]);
});

test('a write in small pieces makes one whole line', async () => {
  const path = join(directory, 'traces.jsonl');
  const { handle, make } = start(path);
  writes.limit = 1_000_000;
  make('x'.repeat(10_000));
  await handle.shutdown();
  expect(namesOf(path)).toEqual([['x'.repeat(10_000)]]);
});

test('a path that cannot be written is refused at the start', () => {
  const occupied = join(directory, 'occupied');
  writeFileSync(occupied, '');
  for (const path of [join(occupied, 'traces.jsonl'), directory]) {
    const begin = () => startTracing(config(path), { register: 'never' });
    expect(begin).toThrow(BootstrapError);
    expect(begin).toThrow(/file\.path: cannot write ".*" \((ENOTDIR|EEXIST|EISDIR)\); use a file in a directory/);
  }
});
