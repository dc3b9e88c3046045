import { type EngineReport, readEngineReport } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueryInfo } from '../src/report/read-query-info.ts';
import { toEngineReport } from '../src/report/to-engine-report.ts';
import { trinoSchema } from '../src/semconv.ts';
import { drawnTrace } from './drawn-trace.ts';
import { RECORDINGS, type Recording, recording } from './recordings.ts';

/** The two large ones have no part that the others lack. */
const names = (Object.keys(RECORDINGS) as Recording[]).filter((name) => !/483-finished|476-cancelled/.test(name));
const texts = new Map(names.map((name) => [name, recording(name)]));
const anyName = fc.constantFrom(...names);
const textOf = (name: Recording): string => texts.get(name) ?? '';
const schemas = [sharedSchema, trinoSchema];

/** The report that is made of a document, after checking that it can be passed on and drawn. */
function drawn(document: unknown): { readonly report: EngineReport; readonly shown: string } {
  const report = toEngineReport(readQueryInfo(document));
  readEngineReport(JSON.stringify(report));
  const { spans, warnings } = drawnTrace(report);
  expect(warnings).toEqual([]);
  assertTraceInvariants(spans, { schemas });
  return { report, shown: JSON.stringify(spans.map(({ name, attributes, events }) => [name, attributes, events])) };
}

type Path = readonly (string | number)[];

/** One value of a document, and where it is. */
interface Place {
  readonly name: Recording;
  readonly path: Path;
  readonly value: unknown;
}

/** Plans are texts in JSON; the places in them are behind this mark. */
const JSON_MARK = '<json>';

function* placesIn(name: Recording, value: unknown, path: Path = []): Generator<Place> {
  yield { name, path, value };
  if (typeof value === 'string' && path.at(-1) === 'jsonRepresentation') {
    yield* placesIn(name, JSON.parse(value), [...path, JSON_MARK]);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, entry] of Object.entries(value)) {
    yield* placesIn(name, entry, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** A copy with one place changed. */
function altered(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (key === JSON_MARK) return JSON.stringify(altered(JSON.parse(String(value)), rest, change)) ?? '';
  if (Array.isArray(value)) return value.map((entry, index) => (index === key ? altered(entry, rest, change) : entry));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: altered(fields[key], rest, change) };
}

const places = names.flatMap((name) => [...placesIn(name, JSON.parse(textOf(name)))]);
const withChange = ({ name, path }: Place, change: (old: unknown) => unknown): unknown =>
  altered(JSON.parse(textOf(name)), path, change);

describe('any report', () => {
  it('is read up to where it is cut', () => {
    const cuts = anyName.chain((name) => fc.tuple(fc.constant(name), fc.nat(textOf(name).length)));
    fc.assert(
      fc.property(cuts, ([name, end]) => {
        drawn(textOf(name).slice(0, end));
      }),
      { numRuns: 30 },
    );
  });

  it('is read with any value in any place', () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        -1,
        1e300,
        '',
        '-1B',
        '99999999999999999999d',
        '9999-12-31T23:59:59.999999999Z',
        '0001-01-01T00:00:00Z',
      ),
      fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (place, value) => {
        drawn(withChange(place, () => (place.path.includes(JSON_MARK) ? asJson(value) : value)));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same report whatever the order of its keys', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, entry]) => [key, turned(entry)]),
      );
    };
    for (const name of names) {
      const parsed: unknown = JSON.parse(textOf(name));
      expect(readQueryInfo(turned(parsed))).toEqual(readQueryInfo(parsed));
    }
  });

  it('is read with its lists in any order', () => {
    const lists = places.filter(
      ({ path, value }) => Array.isArray(value) && value.length > 1 && !path.includes(JSON_MARK),
    );
    fc.assert(
      fc.property(fc.constantFrom(...lists), fc.infiniteStream(fc.nat(1000)), (place, stream) => {
        const shuffled = (list: unknown): unknown => {
          const order = (list as unknown[]).map((entry) => [stream.next().value, entry] as const);
          return order.sort(([one], [other]) => one - other).map(([, entry]) => entry);
        };
        drawn(withChange(place, shuffled));
      }),
      { numRuns: 30 },
    );
  });
});

function asJson(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inside) => (typeof inside === 'bigint' ? 0 : inside));
  return text === undefined ? null : JSON.parse(text);
}

/** Names of machines and of what is in the catalog, which are no data. */
const NAMES = new Set(['nodeId', 'catalogName', 'schema', 'table', 'connectorName']);

const LITERALS = [
  "'zqxw 7f3a'",
  "(a = varchar(10) 'zqxw')",
  "[a, 'zqxw', 'b ''zqxw']",
  "x := f('zqxw')",
  "x := 'zqxw'",
  "line 1:8: Column 'zqxw' is not a number: 'zqxw'",
];

describe('a literal is in no span', () => {
  const inTexts = places.filter(({ path, value }) => typeof value === 'string' && !NAMES.has(String(path.at(-1))));
  const inPlan = inTexts.filter(({ name, path }) => name === '476-lake' && path.includes(JSON_MARK));
  const hidden = (place: Place, literal: string): void => {
    expect(drawn(withChange(place, () => literal)).shown).not.toContain('zqxw');
  };

  it('whatever the text of the report that has it', () => {
    fc.assert(fc.property(fc.constantFrom(...inTexts), fc.constantFrom(...LITERALS), hidden), { numRuns: 100 });
  });

  it.each(LITERALS)('in any text of a plan: %s', (literal) => {
    expect(inPlan.length).toBeGreaterThan(40);
    for (const place of inPlan) hidden(place, literal);
  });

  it('where it is a value that a connector was asked for, or that a filter collected', () => {
    const domains = places.filter(({ path }) =>
      /^(simplifiedDomain|details|sortedRanges)$/.test(String(path.findLast((key) => typeof key === 'string'))),
    );
    expect(domains.length).toBeGreaterThan(5);
    for (const place of domains) hidden(place, '    :: [[zqxw], [zqxw]]');
  });
});

it('stages that read one another in a ring are drawn, each once', () => {
  const report = JSON.parse(recording('483-finished')) as {
    stages: { stages: { stageId: string; subStages: string[] }[] };
  };
  const [top, middle, scan] = report.stages.stages;
  if (top === undefined || middle === undefined || scan === undefined) throw new RangeError('three stages');
  scan.subStages = [top.stageId, scan.stageId];
  expect(drawn(report).report.stages?.map(({ id, parents }) => [id, parents])).toEqual([
    ['0', []],
    ['1', ['0']],
    ['2', ['1']],
  ]);
});

it('stages and plans that are nested deeper than the stack are read', () => {
  const stage = (id: number, subStages: unknown[]): object => ({ stageId: `q.${id}`, state: 'FINISHED', subStages });
  let nested = stage(20_000, []);
  for (let id = 19_999; id >= 0; id -= 1) nested = stage(id, [nested]);
  expect(readQueryInfo({ queryId: 'q', outputStage: nested }).stages).toHaveLength(20_001);
  const json = `${'{"id":"1","name":"A","children":['.repeat(20_000)}${']}'.repeat(20_000)}`;
  const deep = readQueryInfo({ queryId: 'q', outputStage: { stageId: 'q.0', plan: { jsonRepresentation: json } } });
  expect(deep.stages?.[0]?.plan?.name).toBe('A');
  drawn({ queryId: 'q', outputStage: { stageId: 'q.0', plan: { jsonRepresentation: json } } });
});
