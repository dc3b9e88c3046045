import { describe, expect, it } from 'vitest';
import { line, readAll, request, requestOf, spanId, type TestSpan } from '../../test/support/trace-file.ts';
import { runsFromOtlpJson } from '../otlp/read-runs.ts';
import type { Run } from '../run.ts';

const kinds = (kind: string): Record<string, string> => ({ 'planscope.span.kind': kind, 'planscope.operator.id': '0' });

function only(...spans: readonly TestSpan[]): Run {
  const run = onlyOf(spans);
  // Every run is plain JSON.
  expect(JSON.parse(JSON.stringify(run))).toStrictEqual(run);
  return run;
}

function onlyOf(spans: readonly TestSpan[]): Run {
  const runs = runsFromOtlpJson(requestOf(spans));
  expect(runs.length).toBe(1);
  return runs[0] as Run;
}

const tree = ({ spans }: Run): string[] => spans.map(({ depth, name }) => '  '.repeat(depth) + name);

describe('parents', () => {
  it('that are missing are replaced by the run', () => {
    const run = only(
      { id: 1, name: 'query', attributes: kinds('query') },
      { id: 3, parent: 2, name: 'join', attributes: kinds('operator') },
      { id: 4, parent: 3, name: 'scan', attributes: kinds('operator') },
    );
    expect(tree(run)).toEqual(['query', '  join', '    scan']);
    expect(run.spans[1]?.parentId).toBe(spanId(1));
    expect(run).toMatchObject({ partial: true, gaps: [{ code: 'parent-missing', count: 1 }] });
  });

  it('that are missing are found by the id of the run, if the trace has several', () => {
    const id = { 'planscope.run.id': 'b' };
    const runs = runsFromOtlpJson(
      request(
        { id: 1, attributes: { ...kinds('run'), 'planscope.run.id': 'a' } },
        { id: 2, attributes: { ...kinds('run'), ...id } },
        { id: 4, parent: 3, name: 'phase', attributes: kinds('phase') },
        { id: 5, parent: 4, name: 'scan', attributes: { ...kinds('operator'), ...id } },
      ),
    );
    expect(runs.map(tree)).toEqual([['span'], ['span', '  phase', '    scan']]);
  });

  it('that form a cycle are cut', () => {
    const run = only(
      { id: 1, parent: 3, name: 'a', attributes: kinds('operator') },
      { id: 2, parent: 1, name: 'b', attributes: kinds('operator') },
      { id: 3, parent: 2, name: 'c', attributes: kinds('operator') },
      { id: 4, parent: 4, name: 'd', attributes: kinds('operator') },
    );
    expect(tree(run)).toEqual(['a', '  b', '    c', 'd']);
    expect(run.gaps).toContainEqual({ code: 'parent-cycle', count: 2 });
  });

  it('30,000 deep are no problem', () => {
    const spans = Array.from({ length: 30_000 }, (_, index) => ({
      id: index + 1,
      ...(index === 0 ? {} : { parent: index }),
      attributes: kinds(index === 0 ? 'query' : 'operator'),
    }));
    const run = onlyOf(spans.toReversed());
    expect(run.spans.at(-1)).toMatchObject({ depth: 29_999, id: spanId(30_000) });
    expect(run.operators.length).toBe(29_999);
  }, 120_000);

  it('with 130,000 children are no problem', () => {
    const spans = Array.from({ length: 130_001 }, (_, index) => ({
      id: index + 1,
      ...(index === 0 ? {} : { parent: 1 }),
      attributes: index === 0 ? kinds('query') : {},
    }));
    expect(onlyOf(spans).spans.length).toBe(130_001);
  }, 120_000);
});

it('the first of spans with one id is kept', () => {
  const run = only(
    { id: 1, name: 'first', attributes: kinds('query') },
    { id: 1, name: 'second', attributes: kinds('query') },
  );
  expect(run).toMatchObject({ name: 'first', gaps: [{ code: 'duplicate-span', count: 1 }] });
});

it('a span that ends before it starts has no duration', () => {
  const run = only({ id: 1, start: 100, end: 50, attributes: kinds('query') });
  expect(run).toMatchObject({ duration: 0, gaps: [{ code: 'end-before-start', count: 1 }] });
});

it('keys and texts are data, whatever they are', () => {
  const nasty = '</script><script>alert(1)</script>\u0000\u001b[31m\u2028';
  const run = only({
    id: 1,
    name: nasty,
    attributes: {
      ...kinds('query'),
      ['__proto__']: nasty,
      constructor: nasty,
      'planscope.metrics.__proto__': 5,
      'db.query.parameter.__proto__': nasty,
      'trace.custom_fields_json': '{"__proto__":1,"constructor":2}',
      'db.query.text': nasty,
    },
  });
  expect(Object.getPrototypeOf(run.fields)).toBe(Object.prototype);
  expect(Object.entries(run.fields)).toEqual([
    ['__proto__', nasty],
    ['constructor', nasty],
  ]);
  expect(Object.keys(run.queries[0]?.metrics ?? {})).toEqual(['__proto__']);
  expect(run.queries[0]).toMatchObject({ text: nasty });
  expect({}).not.toHaveProperty('value');
});

it('values a million deep are a broken line, or end at a depth', async () => {
  const depth = 1_000_000;
  const open = '{"arrayValue":{"values":['.repeat(depth);
  const deep = line({ id: 1, attributes: { ...kinds('query'), deep: 'HERE' } }).replace(
    '{"stringValue":"HERE"}',
    `${open}{"intValue":1}${']}}'.repeat(depth)}`,
  );
  const { runs, issues } = await readAll([`${deep}\n${line({ id: 2, trace: 2, attributes: kinds('query') })}`]);
  expect(runs.length + issues.length).toBe(2);
  for (const run of runs) expect(() => JSON.stringify(run)).not.toThrow();
}, 120_000);

it('wrong types of known attributes are ignored', () => {
  const wrong = Object.fromEntries(
    [
      'db.query.text',
      'planscope.warnings.codes',
      'trace.custom_fields_json',
      'service.name',
      'planscope.spans.dropped',
    ].map((key) => [key, key === 'planscope.spans.dropped' ? 'many' : 7]),
  );
  const run = only({ id: 1, attributes: { ...kinds('query'), ...wrong, 'planscope.metrics.output_rows': 'many' } });
  expect(run).toMatchObject({ gaps: [], warnings: [], fields: {}, totals: {} });
});
