import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type CommandOutcome, runCommand } from './scripted-terminal.ts';

let folder: string;
let url = '';
const stop = new AbortController();
let outcome: Promise<CommandOutcome>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-serve-'));
  let output = '';
  const args = ['serve', '--port', '0', '--store', join(folder, 'runs.duckdb'), '--max-runs', '3'];
  const onOutput = (text: string): void => {
    output += text;
  };
  outcome = runCommand(args, { signal: stop.signal, onOutput });
  url = await vi.waitFor(
    () => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (found === undefined) throw new Error('the server does not listen yet');
      return found;
    },
    { timeout: 30_000 },
  );
}, 40_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function sendQueries(names: readonly string[], protocol: 'http/json' | 'http/protobuf'): Promise<void> {
  const { config } = resolveTracingConfig({
    environment: {},
    explicit: { exporters: ['otlp'], otlp: { protocol, endpoint: url } },
  });
  const tracing = startTracing(config, { register: 'never' });
  const tracer = tracing.tracerProvider.getTracer('test');
  for (const name of names) {
    const attributes = { 'planscope.span.kind': 'query', 'db.query.text': `SELECT '</script>' -- ${name}` };
    tracer.startSpan(name, { attributes }).end();
  }
  await tracing.shutdown();
}

/** The first events of a stream. */
async function eventsOf({ body }: Response, count: number): Promise<string[]> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    if (events.length > count) return events.slice(0, count);
  }
  throw new Error('the stream ended');
}

const post = (body: string | Uint8Array, type: string): Promise<Response> =>
  fetch(`${url}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } });

it('shows the runs that it receives by JSON and protobuf, and keeps only the last ones', async () => {
  await sendQueries(['first', 'second'], 'http/json');
  await sendQueries(['third', 'fourth'], 'http/protobuf');
  const page = await vi.waitFor(
    async () => {
      const text = await (await fetch(url)).text();
      expect(text).toContain('fourth');
      return text;
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(page).toContain('third');
  expect(page).toContain('second');
  expect(page).not.toContain('"first"');
  expect(page).not.toContain(`SELECT '</script>'`);
});

it('sends new runs to open pages, and to a page that connects again those it missed', async () => {
  const page = await (await fetch(url)).text();
  const [, path = ''] = /"events":"([^"]+)"/.exec(page) ?? [];
  const first = new AbortController();
  const stream = await fetch(url + path, { signal: first.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  await sendQueries(['fifth'], 'http/json');
  const [event = ''] = await eventsOf(stream, 1);
  const { run, findings } = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '');
  expect([run.name, findings]).toEqual(['fifth', []]);
  first.abort();
  await sendQueries(['sixth'], 'http/json');
  const [, id = ''] = /^id: (\d+)$/m.exec(event) ?? [];
  const second = new AbortController();
  const again = await fetch(url + path, { headers: { 'last-event-id': id }, signal: second.signal });
  expect((await eventsOf(again, 1)).join()).toContain('"name":"sixth"');
  second.abort();
}, 30_000);

it('refuses what is no trace, and other names than its own', async () => {
  expect((await post('nonsense', 'application/json')).status).toBe(400);
  expect((await post(new Uint8Array([255, 1]), 'application/x-protobuf')).status).toBe(400);
  expect((await post('{}', 'text/plain')).status).toBe(415);
  expect((await fetch(`${url}/v1/traces`)).status).toBe(405);
  expect((await fetch(`${url}/etc/passwd`)).status).toBe(404);
  const status = await new Promise((resolve, reject) => {
    const headers = { host: 'attacker.example' };
    request(url, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
  const taken = await runCommand(['serve', '--port', new URL(url).port, '--store', join(folder, 'other.duckdb')]);
  expect([taken.exitCode, taken.stderr]).toEqual([2, expect.stringContaining('another program uses it')]);
  const nowhere = await runCommand(['serve', '--port', '0', '--store', '/dev/null/runs.duckdb']);
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot open /dev/null/runs.duckdb')]);
});

/** Sends a body of unknown length until the server answers or the connection ends; `sent` counts its bytes. */
function sendEndless(chunk: Buffer): { readonly sent: () => number; readonly answer: Promise<string> } {
  let bytes = 0;
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
  socket.write('POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n');
  socket.write('transfer-encoding: chunked\r\n\r\n');
  const framed = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
  const more = (): void => {
    if (socket.destroyed) return;
    bytes += chunk.length;
    socket.write(framed, () => setImmediate(more));
  };
  more();
  return { sent: () => bytes, answer };
}

it('refuses a body that never ends, closes its connection and serves the others meanwhile', async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }, 5);
  const endless = Array.from({ length: 3 }, () => sendEndless(Buffer.alloc(1 << 20, ' ')));
  const answers = Promise.all(endless.map(({ answer }) => answer));
  await sendQueries(['beside'], 'http/json');
  for (const answer of await answers) expect(answer).toMatch(/^HTTP\/1\.1 (?:413|503) [\s\S]*connection: close/i);
  clearInterval(watch);
  // Two bodies of 64 MiB, and what the sender and the sockets hold in this process.
  expect(most).toBeLessThan(192 * 2 ** 20);
  expect(Math.max(...endless.map(({ sent }) => sent()))).toBeGreaterThan(64 * 2 ** 20);
  await vi.waitFor(async () => expect(await (await fetch(url)).text()).toContain('beside'), { timeout: 10_000 });
}, 60_000);

it('refuses what is too large or wrongly compressed', async () => {
  const gzip = (body: Buffer): Promise<Response> =>
    fetch(`${url}/v1/traces`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
  expect((await gzip(gzipSync(Buffer.from('{}')))).status).toBe(200);
  const bomb = await gzip(gzipSync(Buffer.alloc(65 * 2 ** 20, ' ')));
  expect([bomb.status, await bomb.text()]).toEqual([413, 'it has more than 67108864 bytes']);
  expect((await gzip(Buffer.from('{}'))).status).toBe(400);
}, 30_000);

it('ends at an interrupt, and keeps its runs for the next time', async () => {
  stop.abort();
  const { exitCode, stderr } = await outcome;
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('run fourth')]);
});
