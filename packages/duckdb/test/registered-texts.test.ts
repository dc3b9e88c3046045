import { ROOT_CONTEXT, type TracerProvider } from '@opentelemetry/api';
import { operatorReportRecorder, type TextRedaction } from '@planscope/exec-instrumentation';
import { instrumentStore, MemoryStore, type ObjectStore } from '@planscope/object-store';
import type { OperatorReport, ReportScope } from '@planscope/plan';
import { testPlanningContext } from '@planscope/plan/testing';
import { sharedSchema, type TextAttributeDefinition, type TextKind } from '@planscope/semconv';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { duckdbSchema } from '../src/semconv.ts';

/** What the database holds. */
const DATA = 'Lovelace4711';
const PASSWORD = 'hunter2';
/** The names that the report lists. */
const identifiers = ['amount', 'people'];

/** What an attribute of each kind is given, and what the span shows of it. */
const markers: Readonly<Record<TextKind, readonly (readonly [given: string, shown: string])[]>> = {
  code: [
    ['broad-scan', 'broad-scan'],
    ['1/3', '1/3'],
  ],
  identifier: [
    ['people', 'people'],
    [DATA, '?1'],
  ],
  name_of_data: [
    ['amount', 'amount'],
    [DATA, '?1'],
    [`${DATA}_sum(amount)`, '?1(amount)'],
  ],
  expression: [
    [`(amount = '${DATA}')`, '(amount = ?1)'],
    [`amount=${DATA}`, 'amount=?1'],
    [DATA, '?1'],
  ],
  sql: [
    [`SELECT amount FROM people WHERE amount = '${DATA}' -- ${DATA}`, 'SELECT amount FROM people WHERE amount = ?1 '],
  ],
  plan: [[`FILTER: Expression=(amount = '${DATA}')`, 'FILTER: Expression=(amount = ?1)']],
  path: [
    ['/data/people.parquet', '/data/people.parquet'],
    [`/data/a.csv, s3://key:${PASSWORD}@bucket/b.csv?X-Amz-Signature=${PASSWORD}`, '/data/a.csv, s3://bucket/b.csv?…'],
  ],
  url: [[`s3://key:${PASSWORD}@bucket/b.csv?X-Amz-Signature=${PASSWORD}#${PASSWORD}`, 's3://bucket/b.csv?…#…']],
  message: [
    [
      `Conversion Error: Could not convert string '${DATA}' to INT32`,
      `Conversion Error: Could not convert string '?1' to INT32`,
    ],
    [`${DATA} was here`, 'Error'],
  ],
  data: [
    [DATA, '?1'],
    ['broad-scan', '?1'],
  ],
};

const isText = ({ type }: { readonly type: string }): boolean => type === 'string' || type === 'string[]';
const texts = [sharedSchema, duckdbSchema]
  .flatMap(({ attributes }) => attributes)
  .filter(isText) as TextAttributeDefinition[];
/** Each text attribute with each marker of its kind. */
const cases = texts.flatMap(({ key, type, text: kind }) =>
  markers[kind].map(([given, shown]) => {
    const inType = (text: string): string | string[] => (type === 'string' ? text : [text]);
    return { key: key.replace('*', 'other'), kind, given: inType(given), shown: inType(shown) };
  }),
);
const unregistered = ['duckdb.secret.files', 'toy.files', 'toy.join.conditions', 'planscope.unheard_of'];

let recorder: SpanRecorder;
// The guard against unregistered names checks the tracers of Planscope; in this test, any span may have each name.
let tracerProvider: TracerProvider;
beforeEach(() => {
  recorder = createSpanRecorder();
  tracerProvider = { getTracer: () => recorder.tracerProvider.getTracer('registered-texts') };
});

/** The values of some attributes, each on a reported operator of its own. */
function reported(attributes: readonly (readonly [string, string | string[]])[], redaction: TextRedaction): unknown[] {
  const operators = attributes.map(([key, value], index): OperatorReport => {
    const timing = { basis: 'execution_window' } as const;
    return { id: `${index}`, name: 'SCAN', timing, metrics: [], attributes: { [key]: value }, children: [] };
  });
  const window = { start: '1', end: '9' };
  const scope: ReportScope = {
    ...testPlanningContext(),
    place: { otelContext: ROOT_CONTEXT, window },
    stages: new Map(),
    operators: new Map(),
  };
  operatorReportRecorder({ tracerProvider, schemas: [duckdbSchema], redaction })(
    { version: 2, engine: { name: 'duckdb', version: '1' }, identifiers, status: 'ok', window, operators },
    scope,
  );
  return recorder.spans().map((span, index) => span.attributes[attributes[index]?.[0] ?? '']);
}

describe('a registered text attribute', () => {
  it('has markers of every kind that some attribute has', () => {
    expect(cases.length).toBeGreaterThan(texts.length);
    expect(texts.filter(({ text }) => markers[text].length === 0)).toEqual([]);
  });

  it('is redacted by its kind on the span of a reported operator', () => {
    const values = reported(
      cases.map(({ key, given }) => [key, given]),
      {},
    );
    expect(cases.map(({ key }, index) => [key, values[index]])).toEqual(cases.map(({ key, shown }) => [key, shown]));
    expect(JSON.stringify(values)).not.toContain(DATA);
    expect(JSON.stringify(values)).not.toContain(PASSWORD);
  });

  it('is as it was reported if the program lets its kind through', () => {
    const kept = cases.filter(({ kind }) => kind !== 'path' && kind !== 'url');
    const values = reported(
      kept.map(({ key, given }) => [key, given]),
      { sqlLiterals: 'keep', planLiterals: 'keep', errorMessages: 'keep', data: 'keep' },
    );
    expect(kept.map(({ key }, index) => [key, values[index]])).toEqual(kept.map(({ key, given }) => [key, given]));
  });

  it('is hidden if no registry names it, whatever its key and its text look like', () => {
    const values = reported(
      unregistered.map((key) => [key, '/data/a.csv']),
      { sqlLiterals: 'keep', planLiterals: 'keep', errorMessages: 'keep' },
    );
    expect(values).toEqual(unregistered.map(() => '?1'));
  });

  it('is redacted by its kind on a storage span', async () => {
    const ofStorage = texts.filter(({ spans }) => spans.includes('storage')).map(({ key }) => key);
    const given = cases.filter(({ key }) => ofStorage.includes(key));
    expect(given.length).toBeGreaterThan(15);
    for (const { key, given: value, shown } of given) {
      const store: ObjectStore = Object.assign(new MemoryStore(), { spanAttributes: () => ({ [key]: value }) });
      await store.put('a', 'b');
      await instrumentStore(store, { tracerProvider, schemas: [duckdbSchema] }).delete('a');
      expect([key, recorder.spans().at(-1)?.attributes[key]]).toEqual([key, shown]);
    }
    const store = Object.assign(new MemoryStore(), { spanAttributes: () => ({ 'toy.files': DATA }) });
    await instrumentStore(store, { tracerProvider }).put('a', 'b');
    expect(recorder.spans().at(-1)?.attributes['toy.files']).toBe('?1');
  });
});
