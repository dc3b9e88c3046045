import { expect, test } from 'vitest';
import type { FileSpan } from '../../packages/testing/src/index.ts';
import { renderTrace, traceProblems } from './trace-problems.ts';

const scope = { name: '@planscope/engine', version: '0.1.0' };

function span(name: string, parentSpanId?: string, more: Partial<FileSpan> = {}): FileSpan {
  const times = { start: 0n, end: 1n, failed: false, statusMessage: '' };
  const parts = { attributes: new Map(), events: [], links: [], scope, resource: new Map() };
  return { traceId: 't', spanId: name, parentSpanId, name, ...times, ...parts, ...more };
}

const trace = [
  span('planscope.execute'),
  span('analyze_logical_plan', 'planscope.execute'),
  span('DuckDBExec', 'planscope.execute'),
  span('HASH_GROUP_BY', 'DuckDBExec'),
  span('READ_CSV', 'HASH_GROUP_BY'),
];

test('a whole trace of the right version has no problem', () => {
  expect(traceProblems(trace, '0.1.0')).toEqual([]);
});

test('says what is wrong with a trace', () => {
  const later = { scope: { ...scope, version: '0.2.0' } };
  expect(traceProblems([], '0.1.0')).toContain('no span DuckDBExec');
  expect(traceProblems(trace.slice(1), '0.1.0')).toContain('the parent of DuckDBExec is missing');
  expect(traceProblems([...trace, span('other')], '0.1.0')).toEqual(['the roots are planscope.execute, other']);
  expect(traceProblems([...trace, span('x', 'DuckDBExec', later)], '0.1.0')).toEqual([
    'x is of @planscope/engine 0.2.0, not of 0.1.0',
  ]);
  expect(traceProblems([...trace, span('x', 'DuckDBExec', { traceId: 'u' })], '0.1.0')).toEqual(['2 traces']);
});

test('shows a trace as a tree', () => {
  expect(renderTrace(trace)).toEqual([
    'planscope.execute',
    '  analyze_logical_plan',
    '  DuckDBExec',
    '    HASH_GROUP_BY',
    '      READ_CSV',
  ]);
});
