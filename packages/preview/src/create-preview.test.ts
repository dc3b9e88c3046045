import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float64,
  Int32,
  Int64,
  IntervalMonthDayNano,
  IntervalYearMonth,
  LargeUtf8,
  List,
  Map_,
  makeData,
  Null,
  RecordBatch,
  Schema,
  SparseUnion,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, test, vi } from 'vitest';
import { createPreview, PreviewError, type PreviewOptions } from './index.ts';

function batchOf(columns: Record<string, Vector>): RecordBatch {
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, true));
  const children = Object.values(columns)
    .map(({ data }) => data[0])
    .filter((data) => data !== undefined);
  const data = makeData({ type: new Struct(fields), length: children[0]?.length ?? 0, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), data);
}

function previewOf(batch: RecordBatch, options: Partial<PreviewOptions> = {}): string {
  const warnings: string[] = [];
  const preview = createPreview({
    limit: 100,
    maxWidth: 0,
    maxBytes: 0,
    onWarning: (text) => warnings.push(text),
    ...options,
  });
  preview.add(batch);
  expect(warnings).toEqual([]);
  return preview.finish()?.text ?? 'no preview';
}

/** The cells of a preview with one column. */
function cellsOf(type: DataType, values: readonly unknown[], options: Partial<PreviewOptions> = {}): string[] {
  return linesOf(vectorFromArray(values as unknown[], type), options);
}

function linesOf(vector: Vector, options: Partial<PreviewOptions> = {}): string[] {
  const lines = previewOf(batchOf({ v: vector }), options)
    .split('\n')
    .slice(3, -1);
  return lines.map((line) => line.slice(1, -1).trim());
}

const vectorOf = (data: Data): Vector => new Vector([data]);

const field = (name: string, type: DataType): Field => new Field(name, type, true);
const address = new Struct([field('city', new Utf8()), field('zip', new Utf8())]);
const user = new Struct([field('id', new Int32()), field('address', address)]);

describe('every type is shown unambiguously', () => {
  test('texts', () => {
    const values = ['SEA', '', 'null', null, '12', 'a\nb', 'NaN'];
    const cells = ['SEA', '""', '"null"', 'null', '"12"', 'a\\nb', '"NaN"'];
    expect(cellsOf(new Utf8(), values)).toEqual(cells);
    expect(cellsOf(new LargeUtf8(), values)).toEqual(cells);
    expect(cellsOf(new Dictionary(new Utf8(), new Int32()), values)).toEqual(cells);
  });

  test('numbers', () => {
    expect(cellsOf(new Int64(), [9_007_199_254_740_993n, -1n, null])).toEqual(['9007199254740993', '-1', 'null']);
    expect(cellsOf(new Uint64(), [18_446_744_073_709_551_615n])).toEqual(['18446744073709551615']);
    expect(cellsOf(new Float64(), [1.5, Number.NaN, 1 / 0, -1 / 0, -0, 1e300])).toEqual([
      '1.5',
      'NaN',
      'Infinity',
      '-Infinity',
      '-0',
      '1e+300',
    ]);
    const halves = Uint16Array.of(0x3e00, 0x7c00, 0xfc01, 0x0001, 0x8000);
    const half = makeData({ type: new Float16(), data: halves });
    expect(linesOf(vectorOf(half))).toEqual(['1.5', 'Infinity', 'NaN', '5.960464477539063e-8', '-0']);
  });

  test('decimals with their scale', () => {
    const words = [12345n, -5n, 0n, -(10n ** 37n)].flatMap((value) =>
      [0n, 32n, 64n, 96n].map((shift) => Number((value >> shift) & 0xffff_ffffn)),
    );
    const data = makeData({ type: new Decimal(2, 38, 128), data: Uint32Array.from(words) });
    expect(linesOf(vectorOf(data))).toEqual(['123.45', '-0.05', '0.00', `-1${'0'.repeat(35)}.00`]);
  });

  test('times', () => {
    const days = makeData({ type: new DateDay(), data: Int32Array.of(18_262, -1, 2_147_483_647, -2_147_483_647) });
    expect(linesOf(vectorOf(days))).toEqual(['2020-01-01', '1969-12-31', 'infinity', '-infinity']);
    const instants = BigInt64Array.of(1_577_836_800_000_001n, 9_223_372_036_854_775_807n);
    const local = makeData({ type: new TimestampMicrosecond(), data: instants });
    const zoned = makeData({ type: new TimestampMicrosecond('Europe/Berlin'), data: instants });
    expect(linesOf(vectorOf(local))).toEqual(['2020-01-01 00:00:00.000001', 'infinity']);
    expect(linesOf(vectorOf(zoned))).toEqual(['2020-01-01 00:00:00.000001Z', 'infinity']);
    const time = makeData({ type: new TimeMicrosecond(), data: BigInt64Array.of(3_661_500_000n) });
    expect(linesOf(vectorOf(time))).toEqual(['01:01:01.5']);
    const duration = makeData({ type: new DurationMicrosecond(), data: BigInt64Array.of(-1_500_000n) });
    expect(linesOf(vectorOf(duration))).toEqual(['PT-1.5S']);
    const interval = makeData({ type: new IntervalMonthDayNano(), data: Int32Array.of(14, -3, 1_500_000_000, 0) });
    expect(linesOf(vectorOf(interval))).toEqual(['P14M-3DT1.5S']);
    const months = makeData({ type: new IntervalYearMonth(), data: Int32Array.of(14) });
    expect(linesOf(vectorOf(months))).toEqual(['P14M']);
  });

  test('bytes, booleans and nothing', () => {
    expect(cellsOf(new Binary(), [Uint8Array.of(0, 255), new Uint8Array(), null])).toEqual(['0x00ff', '0x', 'null']);
    expect(cellsOf(new FixedSizeBinary(2), [Uint8Array.of(1, 2)])).toEqual(['0x0102']);
    expect(cellsOf(new Bool(), [true, false, null])).toEqual(['true', 'false', 'null']);
    expect(cellsOf(new Null(), [null])).toEqual(['null']);
  });

  test('values that hold others', () => {
    expect(cellsOf(new List(field('item', new Utf8())), [['a', '', null], [], null])).toEqual([
      '["a", "", null]',
      '[]',
      'null',
    ]);
    expect(
      cellsOf(new FixedSizeList(2, field('item', new Int32())), [
        [1, 2],
        [3, null],
      ]),
    ).toEqual(['[1, 2]', '[3, null]']);
    expect(cellsOf(user, [{ id: 1, address: { city: 'x"y', zip: null } }, null])).toEqual([
      '{id: 1, address: {city: "x\\"y", zip: null}}',
      'null',
    ]);
    const entries = new Struct([new Field('key', new Utf8(), false), field('value', new Int32())]);
    const map = new Map_(new Field('entries', entries, false) as never);
    expect(
      cellsOf(map, [
        new Map([
          ['a b', 1],
          ['c', null],
        ]),
        new Map(),
      ]),
    ).toEqual(['map{"a b": 1, "c": null}', 'map{}']);
    const union = new SparseUnion([0, 1], [field('number', new Int32()), field('text', new Utf8())]);
    const members = [vectorFromArray([5, null], new Int32()), vectorFromArray([null, 'x'], new Utf8())];
    const children = members.map(({ data }) => data[0]).filter((data) => data !== undefined);
    const data = makeData({ type: union, length: 2, nullCount: 0, typeIds: Int8Array.of(0, 1), children });
    expect(linesOf(vectorOf(data))).toEqual(['<number: 5>', '<text: "x">']);
  });
});

describe('redaction', () => {
  const batch = batchOf({
    Email: vectorFromArray(['a@b.c', null, ''], new Utf8()),
    age: vectorFromArray([1, 2, 3], new Int32()),
    user: vectorFromArray(
      [1, 2, 3].map((id) => ({ id, address: { city: `city ${id}`, zip: '90210' } })),
      user,
    ),
    tags: vectorFromArray([['x'], [], ['y', 'z']], new List(field('item', new Utf8()))),
    "concat(iata, 'X')": vectorFromArray(['a', 'b', 'c'], new Utf8()),
    raw: vectorFromArray(
      [1, 2, 3].map((value) => Uint8Array.of(value)),
      new Binary(),
    ),
  });

  test('a deny list hides columns, paths, and fields by name', () => {
    const columns = ['*MAIL*', 'age', 'zip', 'raw'];
    expect(previewOf(batch, { redaction: { mode: 'deny-list', columns } })).toMatchInlineSnapshot(`
      "+------------+------+-----------------------------------------------------+------------+------------------+------------+
      | Email      |  age | user                                                | tags       | concat(iata, ?1) | raw        |
      +------------+------+-----------------------------------------------------+------------+------------------+------------+
      | [REDACTED] | null | {id: 1, address: {city: "city 1", zip: [REDACTED]}} | ["x"]      | a                | [REDACTED] |
      | null       | null | {id: 2, address: {city: "city 2", zip: [REDACTED]}} | []         | b                | [REDACTED] |
      | [REDACTED] | null | {id: 3, address: {city: "city 3", zip: [REDACTED]}} | ["y", "z"] | c                | [REDACTED] |
      +------------+------+-----------------------------------------------------+------------+------------------+------------+"
    `);
    const path = previewOf(batch, {
      redaction: { mode: 'deny-list', columns: ['user.address', 'tags'], token: '***' },
    });
    expect(path).toMatch(/\{id: 1, address: null\} +\| null /);
  });

  test('an allow list shows nothing else', () => {
    const columns = ['user.address.CITY', 'tags'];
    expect(previewOf(batch, { redaction: { mode: 'allow-list', columns } })).toMatchInlineSnapshot(`
      "+------------+------+--------------------------------------------------------+------------+------------------+------------+
      | Email      |  age | user                                                   | tags       | concat(iata, ?1) | raw        |
      +------------+------+--------------------------------------------------------+------------+------------------+------------+
      | [REDACTED] | null | {id: null, address: {city: "city 1", zip: [REDACTED]}} | ["x"]      | [REDACTED]       | [REDACTED] |
      | null       | null | {id: null, address: {city: "city 2", zip: [REDACTED]}} | []         | [REDACTED]       | [REDACTED] |
      | [REDACTED] | null | {id: null, address: {city: "city 3", zip: [REDACTED]}} | ["y", "z"] | [REDACTED]       | [REDACTED] |
      +------------+------+--------------------------------------------------------+------------+------------------+------------+"
    `);
  });

  test('a keyed hash keeps equal values equal, and depends on its key', () => {
    const values = vectorFromArray(['a', 'b', 'a', null], new Utf8());
    const hashed = (hashKey: string): string[] =>
      linesOf(values, { redaction: { mode: 'deny-list', columns: ['v'], hashKey } });
    const [first, second, third, fourth] = hashed('k');
    expect(first).toMatch(/^#[0-9a-f]{12}$/);
    expect([second === first, third === first, fourth]).toEqual([false, true, 'null']);
    expect(hashed('other')[0]).not.toBe(first);
  });

  test('names of columns that are expressions keep the functions of the dialect, if their columns are hidden', () => {
    const named = batchOf({ '(a = tally(b))': vectorFromArray(['x'], new Utf8()) });
    const header = (dialect?: PreviewOptions['dialect']): string | undefined =>
      previewOf(named, { redaction: { mode: 'allow-list', columns: [] }, ...(dialect && { dialect }) })?.split('\n')[1];
    expect(header({ functions: ['tally'] })).toBe('| (a = tally(b)) |');
    expect(header()).toBe('| (a = ?1)   |');
  });

  test('the keys of a map are data', () => {
    const entries = new Struct([new Field('key', new Utf8(), false), field('value', new Utf8())]);
    const map = new Map_(new Field('entries', entries, false) as never);
    const headers = vectorFromArray(
      [
        new Map([
          ['accept', 'json'],
          ['Authorization', 'Bearer x'],
        ]),
      ],
      map,
    );
    const cells = (mode: 'deny-list' | 'allow-list', ...columns: string[]): string[] =>
      linesOf(headers, { redaction: { mode, columns } });
    expect(cells('deny-list', 'authorization')).toEqual(['map{"accept": "json", "Authorization": [REDACTED]}']);
    expect(cells('allow-list', 'v.accept')).toEqual(['map{"accept": "json", [REDACTED]: [REDACTED]}']);
    expect(cells('allow-list', 'other')).toEqual(['null']);
  });

  test("the program's own redactor sees every value, and says what is shown", () => {
    const seen: unknown[] = [];
    const cells = cellsOf(new Utf8(), ['mail a@b.c', 'drop', 'plain', null], {
      redaction: {
        mode: 'none',
        redactor: (cell) => {
          seen.push(cell);
          if (cell.text === 'drop') return null;
          return cell.text.includes('@') ? '<mail>' : undefined;
        },
      },
    });
    expect(cells).toEqual(['<mail>', 'null', 'plain', 'null']);
    expect(seen[0]).toEqual({ path: 'v', type: 'Utf8', text: 'mail a@b.c', hidden: false });
  });
});

describe('failures', () => {
  const preview = (batch: RecordBatch, options: Partial<PreviewOptions> = {}): [string | undefined, string[]] => {
    const warnings: string[] = [];
    const builder = createPreview({ limit: 5, onWarning: (text) => warnings.push(text), ...options });
    builder.add(batch);
    return [builder.finish()?.text, warnings];
  };

  test('a redactor that throws hides the value and warns once, without the value', () => {
    const redactor = (): never => {
      throw new Error('bad sekret');
    };
    const batch = batchOf({ a: vectorFromArray(['sekret', 'sekret'], new Utf8()) });
    const [text, warnings] = preview(batch, { redaction: { mode: 'none', redactor } });
    expect(text).not.toContain('sekret');
    expect(text).toContain('[REDACTED]');
    expect(warnings).toEqual(['[planscope/preview] the redactor failed; the value is hidden (Error)']);
  });

  test('a column that cannot be read shows as unavailable', () => {
    const broken = makeData({
      type: new Utf8(),
      length: 1,
      valueOffsets: Int32Array.of(0, 1),
      data: Uint8Array.of(65),
    });
    Object.defineProperty(broken, 'values', { value: undefined });
    const [text, warnings] = preview(batchOf({ a: vectorOf(broken), b: vectorFromArray([1], new Int32()) }));
    expect(text).toContain('| [UNAVAILABLE] | 1 |');
    expect(warnings).toEqual(['[planscope/preview] a value of column 1 could not be shown (TypeError)']);
  });

  test('a batch of another shape is left out', () => {
    const warnings: string[] = [];
    const builder = createPreview({ limit: 5, onWarning: (text) => warnings.push(text) });
    builder.add(batchOf({ a: vectorFromArray([1], new Int32()) }));
    builder.add(batchOf({ a: vectorFromArray([1], new Int32()), b: vectorFromArray([2], new Int32()) }));
    expect(builder.finish()?.rows).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test('not even a failing warning gets out', () => {
    const builder = createPreview({
      limit: 1,
      onWarning: () => {
        throw new Error('warning failed');
      },
    });
    builder.add({} as RecordBatch);
    expect(builder.finish()).toBeUndefined();
  });

  test('a bound that is not a size is refused at once', () => {
    expect(() => createPreview({ limit: -1 })).toThrow(
      '[planscope/preview] limit is -1; it must be a whole number from 0 on',
    );
    try {
      createPreview({ limit: 1, maxWidth: 1.5 });
    } catch (error) {
      expect(PreviewError.isInstance(error)).toBe(true);
    }
    expect.assertions(2);
  });
});

describe('bounds', () => {
  const numbers = (count: number): RecordBatch =>
    batchOf({
      n: vectorFromArray(
        Array.from({ length: count }, (_, index) => index),
        new Int32(),
      ),
    });

  test('takes rows up to the limit over several batches, and holds none of them', () => {
    const builder = createPreview({ limit: 3 });
    const first = numbers(2);
    builder.add(first);
    expect(builder.isFull).toBe(false);
    first.data.children[0]?.values.fill(99);
    builder.add(numbers(5));
    expect(builder.isFull).toBe(true);
    expect(builder.finish()).toEqual({ rows: 3, text: '+---+\n| n |\n+---+\n| 0 |\n| 1 |\n| 0 |\n+---+' });
  });

  test('gives nothing for no rows, and for a limit of none', () => {
    const builder = createPreview({ limit: 3 });
    builder.add(numbers(0));
    expect(builder.finish()).toBeUndefined();
    const off = createPreview({ limit: 0 });
    expect(off.isFull).toBe(true);
    off.add(numbers(1));
    expect(off.finish()).toBeUndefined();
  });

  test('counts rows that the bytes do not let in', () => {
    const builder = createPreview({ limit: 100, maxBytes: 100 });
    builder.add(numbers(100));
    const { text = '', rows } = builder.finish() ?? {};
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100);
    expect(text).toContain(`${100 - (rows ?? 0)} more rows not shown`);
  });

  test('does not decode more of a value than it shows', () => {
    const list = new List(field('item', new Utf8()));
    const long = batchOf({
      a: vectorFromArray(['x'.repeat(100_000)], new Utf8()),
      b: vectorFromArray([Array(10_000).fill('y')], list),
    });
    const builder = createPreview({ limit: 1, maxRowHeight: 1, maxWidth: 20 });
    const decode = vi.spyOn(TextDecoder.prototype, 'decode');
    builder.add(long);
    const sizes = decode.mock.calls.map(([bytes]) => bytes?.byteLength ?? 0);
    decode.mockRestore();
    expect(Math.max(...sizes)).toBeLessThan(100);
    expect(sizes.length).toBeLessThan(20);
    expect(builder.finish()?.text).toMatch(/x…/);
  });
});
