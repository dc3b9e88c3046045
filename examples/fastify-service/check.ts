import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileSpan, readTraceFile } from '@planscope/testing';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { filedSpanChecklist } from '../../scripts/examples/span-checklist.ts';

const callerSpanId = '00000000000000aa';

const check: ExampleCheck = async ({ start }) => {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-fastify-'));
  const path = join(folder, 'traces.jsonl');
  const service = start('serve', { PLANSCOPE_EXPORTERS: 'file', PLANSCOPE_FILE_PATH: path });
  try {
    const address = (await service.printed(/listening on (\S+)/))[1];
    const ask = async (route: string, flags = '01', init: RequestInit = {}): Promise<[string, number | string]> => {
      const traceId = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${traceId}-${callerSpanId}-${flags}` };
      const answer = fetch(`${address}${route}`, { ...init, headers });
      // A body that is not read would hold the connection, and so the service.
      const read = answer.then((response) => response.text().then(() => response.status));
      return [traceId, await read.catch((error: Error) => error.name)];
    };

    const together = await Promise.all([ask('/delays?limit=1'), ask('/delays?limit=2')]);
    const [unsampled] = await ask('/delays?limit=1', '00');
    const [refused, refusal] = await ask('/delays?limit=none');
    const [aborted, abortion] = await ask('/simulation', '01', { signal: AbortSignal.timeout(1_500) });
    // Still running when the service is told to end.
    const pending = ask('/simulation');
    await sleep(1_000);
    const { status, errors } = await service.end('SIGTERM');
    const [stopped, stop] = await pending;
    assert.equal(status, 0, errors);

    const spans = readTraceFile(path);
    assert.deepEqual(filedSpanChecklist(spans), []);
    for (const [traceId, answer] of together) {
      assert.equal(answer, 200);
      assert.deepEqual(
        wholeTrace(spans, traceId, 'GET /delays').map((span) => text(span, 'planscope.run.status')),
        ['ok'],
      );
    }
    assert.equal(spans.filter(({ traceId }) => traceId === unsampled).length, 0, 'a trace that the caller left out');
    assert.equal(refusal, 400);
    assert.deepEqual(wholeTrace(spans, refused, 'GET /delays'), []);
    assert.equal(abortion, 'TimeoutError');
    assert.equal(stop, 500);
    for (const traceId of [aborted, stopped]) {
      const [run] = wholeTrace(spans, traceId, 'GET /simulation');
      assert.equal(text(run, 'planscope.run.status'), 'cancelled');
      assert.ok(seconds(run) < 10, `the query went on for ${seconds(run)} s`);
    }
  } finally {
    await service.end('SIGKILL');
    rmSync(folder, { recursive: true });
  }
};

/** The runs below the request of one trace, in which every span hangs below the caller's. */
function wholeTrace(spans: readonly FileSpan[], traceId: string, request: string): FileSpan[] {
  const trace = spans.filter((span) => span.traceId === traceId);
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const tops = trace.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
  assert.deepEqual(
    tops.map(({ name, parentSpanId }) => [name, parentSpanId]),
    [[request, callerSpanId]],
  );
  return trace.filter(({ name, parentSpanId }) => name === 'planscope.execute' && parentSpanId === tops[0]?.spanId);
}

function text(span: FileSpan | undefined, wanted: string): unknown {
  return span?.attributes.get(wanted);
}

function seconds(span: FileSpan | undefined): number {
  return span === undefined ? 0 : Number(span.end - span.start) / 1e9;
}

export default check;
