import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { fixture, readAll } from '../../test/support/trace-file.ts';
import { runsFromOtlpJson, runsFromOtlpProtobuf } from '../otlp/read-runs.ts';
import type { Run } from '../run.ts';
import { runsFromSpans, traceFromSpans } from './runs-from-spans.ts';

describe('one trace', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test', '1.2.3');
  tracer.startActiveSpan('GET /orders', { kind: SpanKind.SERVER }, (request) => {
    const attributes = {
      'planscope.span.kind': 'query',
      'planscope.timing.basis': 'measured',
      'db.system.name': 'duckdb',
      'duckdb.version': 'v1.5.6',
      'db.query.text': 'SELECT ?1',
      'trace.custom_fields_json': '{"tenant":"acme"}',
      tenant: 'acme',
      'planscope.tenant': 'acme',
      'planscope.label.job': 'nightly',
      'code.file.path': 'src/report.ts',
      'code.line.number': 7,
      'planscope.warnings.codes': ['large-result'],
      'planscope.metrics.wait_time': 2 ** 40,
      ratio: -0.5,
      flags: [true, false],
      numbers: [1, 2.5],
    };
    const above = trace.setSpan(ROOT_CONTEXT, request);
    const query = tracer.startSpan('SELECT', { attributes, startTime: [1_795_000_000, 123_456_789] }, above);
    query.addEvent(
      'exception',
      { 'exception.type': 'TypeError', 'exception.message': 'no' },
      [1_795_000_000, 200_000_000],
    );
    query.addLink({ context: request.spanContext(), attributes: { why: 'test' } });
    query.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
    query.end([1_795_000_001, 0]);
    request.end();
  });
  const spans = exporter.getFinishedSpans();

  it('is one run with the spans of the program, if it is read whole', () => {
    const run = traceFromSpans(spans);
    expect(run).toMatchObject({ kind: 'trace', name: 'GET /orders', callers: [], queries: [{ text: 'SELECT ?1' }] });
    expect(run?.spans.map(({ name, depth }) => [name, depth])).toEqual([
      ['GET /orders', 0],
      ['SELECT', 1],
    ]);
    expect(traceFromSpans([])).toBeUndefined();
  });
  const runs = runsFromSpans(spans);

  it('is read from the spans of an SDK', () => {
    expect(runs).toMatchObject([
      {
        kind: 'query',
        name: 'SELECT',
        start: '1795000000123456789',
        duration: 876_543_211,
        status: 'error',
        error: { type: 'TypeError', message: 'failed' },
        tenant: 'acme',
        labels: { job: 'nightly' },
        fields: { tenant: 'acme' },
        callers: [{ name: 'GET /orders' }],
        queries: [{ version: 'v1.5.6', text: 'SELECT ?1', callSite: { file: 'src/report.ts', line: 7 } }],
        warnings: [{ code: 'large-result' }],
        totals: { waiting: { value: 2 ** 40, unit: 'ns', source: 'profile' } },
        spans: [
          {
            events: [{ name: 'exception', time: 76_543_211 }],
            links: [{ attributes: { why: 'test' } }],
            scope: { name: 'test', version: '1.2.3' },
            attributes: { ratio: -0.5, flags: [true, false], numbers: [1, 2.5] },
          },
        ],
      },
    ]);
  });

  it('is the same in OTLP/JSON and in protobuf', () => {
    const json = JsonTraceSerializer.serializeRequest(spans);
    const protobuf = ProtobufTraceSerializer.serializeRequest(spans);
    expect(runsFromOtlpJson(new TextDecoder().decode(json))).toEqual(runs);
    expect(runsFromOtlpProtobuf(protobuf as Uint8Array)).toEqual(runs);
  });
});

/** The operators as a tree, with the numbers that were measured. */
function plan({ operators, queries }: Run): string {
  const depths = new Map<string, number>();
  const lines = operators.map(({ id, parentId = '', kind, name, rows, estimatedRows, computeShare, inputIds }) => {
    const depth = (depths.get(parentId) ?? -1) + 1;
    depths.set(id, depth);
    const estimate = estimatedRows === undefined ? '' : `${estimatedRows} → `;
    const numbers = [`${estimate}${rows ?? '?'}`, `inputs=${inputIds.length}`];
    if (computeShare !== undefined && computeShare > 0.1) numbers.push(`${Math.round(computeShare * 100)} %`);
    return `${'  '.repeat(depth)}${name} (${kind}) ${numbers.join(' ')}`;
  });
  return [...queries.map(({ summary }) => summary ?? ''), ...lines].join('\n');
}

describe('real traces', () => {
  it('the run of the demo', async () => {
    const { runs, issues } = await readAll([fixture('demo')]);
    expect(issues).toEqual([]);
    const [run] = runs as [Run];
    const { spans, operators, phases, calls, queries, ...rest } = run;
    expect(rest).toMatchSnapshot();
    expect(plan(run)).toMatchSnapshot();
    expect(
      calls.map(({ origin, operation, bytes, requests }) => `${origin} ${operation} ${bytes} ${requests}`),
    ).toMatchSnapshot();
    expect(phases.map(({ name, planner, rules }) => `${planner} ${name} ${rules.length} rules`)).toMatchSnapshot();
    expect(spans).toHaveLength(116);
    expect(spans.every(({ parentId, depth }) => (parentId === undefined) === (depth === 0))).toBe(true);
    expect(operators.filter(({ preview }) => preview !== undefined)).not.toHaveLength(0);
  });

  it('the 22 queries of TPC-H', async () => {
    const { runs, issues } = await readAll([fixture('tpch')]);
    expect(issues).toEqual([]);
    const queries = runs.slice(-22);
    expect(queries.map(plan).join('\n\n')).toMatchSnapshot();
    const fingerprints = new Set(queries.map(({ identity }) => identity.executedPlanFingerprint));
    expect(fingerprints.size).toBe(22);
    for (const run of queries) {
      expect(run).toMatchObject({ kind: 'query', partial: false, fields: { tenant: 'acme' }, status: 'ok' });
      const ids = new Set(run.operators.map(({ id }) => id));
      for (const { inputIds } of run.operators) for (const id of inputIds) expect(ids).toContain(id);
      const shares = run.operators.reduce((sum, { computeShare = 0 }) => sum + computeShare, 0);
      expect(shares).toBeCloseTo(1);
    }
  });
});
