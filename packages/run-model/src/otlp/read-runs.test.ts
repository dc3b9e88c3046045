import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, line, readAll, request, spanId, traceId } from '../../test/support/trace-file.ts';
import { RunModelError } from '../run-model-error.ts';
import { readRuns, readTraceFiles, runsFromOtlpJson, runsFromOtlpProtobuf } from './read-runs.ts';

const query = { 'planscope.span.kind': 'query' };
const operator = { 'planscope.span.kind': 'operator', 'planscope.operator.id': '0' };

describe('readRuns', () => {
  it('returns the same runs wherever the text is cut', async () => {
    const bytes = fixture('demo');
    const { runs } = await readAll([bytes]);
    expect(runs).toHaveLength(1);
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const ends = [0, ...places.sort((one, other) => one - other), bytes.length];
        const chunks = ends.slice(1).map((end, index) => bytes.subarray(ends[index], end));
        expect(await readAll(chunks)).toEqual({ runs, issues: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('reads characters and line ends that are cut', async () => {
    const bytes = new TextEncoder().encode(`${line({ id: 1, name: 'größe €😀', attributes: query })}\r\n\n`);
    const { runs, issues } = await readAll(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(runs.map(({ name }) => name)).toEqual(['größe €😀']);
    expect(issues).toEqual([]);
  });

  it('reads text as well as bytes, and a last line without an end', async () => {
    const text = line({ id: 1, attributes: query });
    const expected = await readAll([new TextEncoder().encode(text)]);
    expect(expected.runs).toHaveLength(1);
    expect(await readAll([text.slice(0, 20), text.slice(20)])).toEqual(expected);
  });

  it('reports broken lines with their numbers and passes over them', async () => {
    const cut = line({ id: 1, attributes: query }).slice(0, -9);
    const invalid = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'x' }, null, 7] }] }] };
    const lines = [
      '{"resourceMetrics":[]}',
      cut,
      '[]',
      '7',
      JSON.stringify(invalid),
      line({ id: 2, attributes: query }),
    ];
    const { runs, issues } = await readAll([lines.join('\n')]);
    expect(runs.map(({ identity }) => identity.spanId)).toEqual([spanId(2)]);
    expect(issues).toEqual([
      { code: 'invalid-line', line: 2, message: 'line 2 is not JSON; expected an OTLP export request' },
      { code: 'invalid-span', line: 5, message: 'line 5: a span has no valid traceId and spanId' },
    ]);
  });

  it('passes over a line beyond the limit without holding it', async () => {
    function* endless(): Generator<string> {
      for (let piece = 0; piece < 1000; piece += 1) yield 'x'.repeat(1000);
      yield `\n${line({ id: 1, attributes: query })}`;
    }
    const { runs, issues } = await readAll(endless(), { maxLineLength: 2000 });
    expect(runs).toHaveLength(1);
    expect(issues).toMatchObject([{ code: 'line-too-long', line: 1 }]);
  });

  it('returns a trace once it is complete, and not before', async () => {
    const other = (trace: number): string => line({ id: 1, trace, attributes: query });
    function* chunks(): Generator<string> {
      yield `${line({ id: 2, parent: 1, name: 'scan', attributes: operator })}\n`;
      for (let trace = 10; trace < 40; trace += 1) yield `${other(trace)}\n`;
      yield `${line({ id: 1, name: 'query', attributes: query })}\n`;
      for (let trace = 40; trace < 80; trace += 1) yield `${other(trace)}\n`;
    }
    const { runs, issues } = await readAll(chunks(), { settleLines: 5 });
    expect(issues).toEqual([]);
    const place = runs.findIndex(({ identity }) => identity.traceId === traceId(1));
    expect(runs[place]).toMatchObject({ name: 'query', operators: [{ name: 'scan' }], gaps: [] });
    // It came with line 32 and was settled with line 37.
    expect(place).toBe(30);
    expect(runs).toHaveLength(71);
  });

  it('joins a trace that is spread over files', async () => {
    const files = [
      { name: 'traces.jsonl.1', chunks: [line({ id: 2, parent: 1, name: 'scan', attributes: operator }), '\n{'] },
      { name: 'traces.jsonl', chunks: [line({ id: 1, attributes: query })] },
    ];
    const issues: unknown[] = [];
    const runs = [];
    for await (const run of readTraceFiles(files, { onIssue: (issue) => issues.push(issue) })) runs.push(run);
    expect(runs).toMatchObject([{ operators: [{ name: 'scan' }] }]);
    expect(issues).toMatchObject([{ code: 'invalid-line', file: 'traces.jsonl.1', line: 2 }]);
  });

  it('gives out the least recent traces when too many are open', async () => {
    const lines = Array.from({ length: 20 }, (_, trace) =>
      line({ id: 2, parent: 1, trace: trace + 1, attributes: operator }),
    );
    const { runs, issues } = await readAll([lines.join('\n')], { maxOpenTraces: 3 });
    expect(runs.map(({ identity }) => Number(`0x${identity.traceId}`))).toEqual(lines.map((_, index) => index + 1));
    expect(issues.map(({ code }) => code)).toEqual(lines.map(() => 'trace-incomplete'));
    expect(runs[0]?.gaps).toEqual([
      { code: 'root-missing', count: 1 },
      { code: 'parent-missing', count: 1 },
    ]);
    const open = await readAll([lines.join('\n')], { maxOpenSpans: 4 });
    expect(open.runs).toHaveLength(20);
  });

  it('bounds the spans of a trace, and keeps the span of the run', async () => {
    const spans = Array.from({ length: 30 }, (_, index) => ({ id: index + 2, parent: 1, attributes: operator }));
    const lines = [line(...spans), line({ id: 1, attributes: query })];
    const { runs, issues } = await readAll([lines.join('\n')], { maxSpansPerTrace: 10 });
    expect(runs).toMatchObject([{ kind: 'query', partial: true, gaps: [{ code: 'too-many-spans', count: 20 }] }]);
    expect(runs[0]?.operators).toHaveLength(10);
    expect(issues.map(({ code }) => code)).toEqual(['too-many-spans']);
  });

  it('reads a query below a request of another process at once, and the next one of the same request, too', async () => {
    const one = (id: number): string => line({ id, parent: 99, remote: true, attributes: query });
    const rest = Array.from({ length: 4 }, (_, index) => line({ id: 1, trace: 10 + index, attributes: query }));
    const { runs, issues } = await readAll([[one(1), ...rest, one(2)].join('\n')], { settleLines: 2 });
    const ids = runs.filter(({ identity }) => identity.traceId === traceId(1)).map(({ identity }) => identity.spanId);
    expect(ids).toEqual([spanId(1), spanId(2)]);
    expect(issues).toEqual([]);
  });

  it('reports spans that come after their trace', async () => {
    const rest = Array.from({ length: 4 }, (_, index) => line({ id: 1, trace: 10 + index, attributes: query }));
    const late = line({ id: 3, parent: 2, attributes: operator });
    const { runs, issues } = await readAll([[line({ id: 1, attributes: query }), ...rest, late].join('\n')], {
      settleLines: 2,
    });
    expect(issues).toMatchObject([{ code: 'late-spans', traceId: traceId(1) }]);
    expect(runs.at(-1)).toMatchObject({ kind: 'parts', gaps: [{ code: 'root-missing' }, { code: 'parent-missing' }] });
  });

  it('leaves the raw spans out on request, and nothing else', async () => {
    const { runs } = await readAll([fixture('demo')]);
    const expected = runs.map((run) => ({ ...run, spans: [] }));
    expect((await readAll([fixture('demo')], { withSpans: false })).runs).toEqual(expected);
  });

  it.each(['maxOpenTraces', 'maxOpenSpans', 'maxSpansPerTrace', 'maxLineLength', 'settleLines'])(
    'refuses a wrong %s',
    async (name) => {
      await expect(readRuns([], { [name]: 0 }).next()).rejects.toThrow(`option ${name} is 0; should be a whole number`);
    },
  );
});

describe('a request', () => {
  it('is read from text and from parsed JSON', () => {
    const body = request({ id: 1, attributes: query });
    const runs = runsFromOtlpJson(body);
    expect(runs).toHaveLength(1);
    expect(runsFromOtlpJson(JSON.stringify(body))).toEqual(runs);
    for (const other of [undefined, null, 7, [], {}, { resourceSpans: 'all' }])
      expect(runsFromOtlpJson(other)).toEqual([]);
  });

  it('is refused if it is neither JSON nor protobuf', () => {
    expect(() => runsFromOtlpJson('{"secret"')).toThrow(RunModelError);
    expect(() => runsFromOtlpJson('{"secret"')).toThrow(/^(?!.*secret).*is not JSON/);
    expect(() => runsFromOtlpProtobuf(Uint8Array.of(10, 200, 1, 2))).toThrow(
      expect.objectContaining({ code: 'invalid-otlp' }),
    );
    expect(runsFromOtlpProtobuf(Uint8Array.of())).toEqual([]);
  });

  it('has ids in base64, names of enumerations and numbers of other writers', () => {
    const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
    const more = {
      traceId: base64(traceId(1)),
      spanId: base64(spanId(5)),
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR', message: 'no' },
      startTimeUnixNano: 1000,
      attributes: [
        { key: 'planscope.span.kind', value: { stringValue: 'query' } },
        { key: 'big', value: { intValue: '9007199254740993' } },
        { key: 'nan', value: { doubleValue: 'NaN' } },
        { key: 'bytes', value: { bytesValue: 'AQI=' } },
        { key: 'map', value: { kvlistValue: { values: [{ key: 'a', value: { boolValue: false } }] } } },
        { key: 'none' },
      ],
    };
    expect(runsFromOtlpJson(request({ id: 1, end: 2000, more }))).toMatchObject([
      {
        id: `${traceId(1)}-${spanId(5)}`,
        status: 'error',
        error: { message: 'no' },
        duration: 1000,
        spans: [
          {
            kind: 'client',
            status: 'error',
            attributes: { big: '9007199254740993', nan: 'NaN', bytes: 'AQI=', map: { a: false }, none: null },
          },
        ],
      },
    ]);
  });
});
