import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSpan, readTraceFile } from '@planscope/testing';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { filedSpanChecklist } from '../../scripts/examples/span-checklist.ts';

const check: ExampleCheck = async ({ output, folder, start }) => {
  const untraced = start('untraced');
  assert.equal((await untraced.end()).status, 0);
  assert.equal(untraced.output(), output, 'tracing changed what the program prints');
  for (const name of ['main.ts', 'service.ts', 'worker.mjs']) {
    assert.doesNotMatch(readFileSync(join(folder, 'src', name), 'utf8'), /planscope|opentelemetry/);
  }

  const traces = mkdtempSync(join(tmpdir(), 'planscope-flag-'));
  try {
    const path = join(traces, 'traces.jsonl');
    const traced = start('start', { PLANSCOPE_FILE_PATH: path });
    const { status, errors } = await traced.end();
    assert.deepEqual([status, errors], [0, '']);
    const spans = readTraceFile(path);
    assert.deepEqual(filedSpanChecklist(spans), []);
    const queries = spans.filter((span) => span.attributes.get('planscope.span.kind') === 'query');
    assert.deepEqual(
      queries.map((span) => [span.name, ...above(span, spans)]).sort(),
      [
        ['CREATE flights'],
        ['SELECT flights', 'handler', 'request'],
        ['SELECT flights', 'handler', 'request'],
        ['SELECT'],
      ].sort(),
    );
  } finally {
    rmSync(traces, { recursive: true });
  }
};

/** The names of the spans above one, without the part of a name that Fastify adds to a handler. */
function above({ parentSpanId }: FileSpan, spans: readonly FileSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === parentSpanId);
  if (parent === undefined) return [];
  return [parent.name.replace(/^handler - .*/, 'handler'), ...above(parent, spans)];
}

export default check;
