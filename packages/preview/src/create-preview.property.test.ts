import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  List,
  Map_,
  makeData,
  RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPreview, type PreviewOptions, type RenderedTable } from './index.ts';
import { textWidth } from './table/wrap-text.ts';

/** A type, and values that fit it. */
interface Kind {
  readonly type: DataType;
  readonly value: fc.Arbitrary<unknown>;
}

// Marks every text, so that it can be looked for where it must not be.
const MARK = 'S3CR3T';
const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((tail) => `${MARK}${tail.replace(/[\ud800-\udfff]/g, '')}`);
const field = (name: string, type: DataType): Field => new Field(name, type, true);

const LEAVES: readonly Kind[] = [
  { type: new Bool(), value: fc.boolean() },
  { type: new Int8(), value: fc.integer({ min: -128, max: 127 }) },
  { type: new Int32(), value: fc.integer() },
  { type: new Int64(), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: new Uint64(), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { type: new Float64(), value: fc.double() },
  { type: new Utf8(), value: text },
  { type: new LargeUtf8(), value: text },
  { type: new Binary(), value: fc.uint8Array({ maxLength: 8 }) },
  { type: new DateDay(), value: fc.date({ noInvalidDate: true, min: new Date(-1e13), max: new Date(1e13) }) },
  { type: new TimestampMicrosecond('UTC'), value: fc.integer({ min: -1e12, max: 1e12 }) },
];

const leaf: fc.Arbitrary<Kind> = fc.oneof(
  fc.constantFrom(...LEAVES),
  fc.constant(0).map(() => ({ type: new Dictionary(new Utf8(), new Int32()), value: text })),
);

const kind: fc.Arbitrary<Kind> = fc.letrec<{ kind: Kind }>((tie) => ({
  kind: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('kind').map(({ type, value }) => ({
      type: new List(field('item', type)),
      value: fc.array(nullable(value), { maxLength: 3 }),
    })),
    leaf.map(({ type, value }) => ({
      type: new FixedSizeList(2, field('item', type)),
      value: fc.array(nullable(value), { minLength: 2, maxLength: 2 }),
    })),
    fc.array(tie('kind'), { minLength: 1, maxLength: 3 }).map((kinds) => ({
      type: new Struct(kinds.map(({ type }, index) => field(`f${index}`, type))),
      value: fc.tuple(...kinds.map(({ value }) => nullable(value))).map((values) => namedValues(values)),
    })),
    leaf.map(({ type, value }) => ({
      type: new Map_(
        new Field('entries', new Struct([new Field('key', new Utf8(), false), field('value', type)]), false) as never,
      ),
      value: fc.array(fc.tuple(text, nullable(value)), { maxLength: 2 }).map((entries) => new Map(entries)),
    })),
  ),
})).kind;

function nullable(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.option(value, { freq: 4 });
}

function namedValues(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, index) => [`f${index}`, value]));
}

function batchOf(columns: readonly { type: DataType; values: readonly unknown[] }[], rows: number): RecordBatch {
  const fields = columns.map(({ type }, index) => field(`column ${index}`, type));
  const vectors = columns.map(({ type, values }) => vectorFromArray([...values], type));
  const children = vectors.map(({ data }) => data[0]).filter((data) => data !== undefined);
  return new RecordBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }),
  );
}

const batch: fc.Arbitrary<RecordBatch> = fc
  .tuple(fc.array(kind, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([kinds, rows]) =>
    fc
      .tuple(...kinds.map(({ value }) => fc.array(nullable(value), { minLength: rows, maxLength: rows })))
      .map((values) =>
        batchOf(
          kinds.map(({ type }, index) => ({ type, values: values[index] ?? [] })),
          rows,
        ),
      ),
  );

function previewOf(given: RecordBatch, options: Partial<PreviewOptions>): RenderedTable {
  const warnings: string[] = [];
  const builder = createPreview({ limit: 100, ...options, onWarning: (warning) => warnings.push(warning) });
  builder.add(given);
  expect(warnings).toEqual([]);
  const table = builder.finish();
  if (table === undefined) throw new Error('no preview');
  return table;
}

const unbounded = { maxWidth: 0, maxRowHeight: 0, maxBytes: 0 };

test('shows any batch within its bounds, on printable lines of one width', () => {
  const bounds = fc.record({
    limit: fc.integer({ min: 1, max: 8 }),
    maxWidth: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 120 })),
    maxRowHeight: fc.nat(4),
    minCompactedColumnWidth: fc.nat(12),
    maxBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_000 })),
  });
  fc.assert(
    fc.property(batch, bounds, (given, options) => {
      const table = previewOf(given, options);
      expect(table.rows).toBeLessThanOrEqual(Math.min(options.limit, given.numRows));
      if (options.maxBytes > 0) expect(Buffer.byteLength(table.text)).toBeLessThanOrEqual(options.maxBytes);
      else expect(table.rows).toBe(Math.min(options.limit, given.numRows));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not be there
      expect(table.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      if (table.rows === 0) return;
      const widths = table.text
        .split('\n')
        .filter((line) => /^[|+]/.test(line))
        .map(textWidth);
      expect(new Set(widths).size).toBe(1);
      if (options.maxWidth > 0) expect(widths[0]).toBeLessThanOrEqual(options.maxWidth);
    }),
    { numRuns: 150 },
  );
});

test('hides every value where the lists hide every column', () => {
  fc.assert(
    fc.property(batch, fc.constantFrom('deny-list', 'allow-list'), (given, mode) => {
      const columns = mode === 'deny-list' ? ['COLUMN *'] : [];
      const table = previewOf(given, { ...unbounded, redaction: { mode, columns } });
      const values = table.text.replace(/^(?:[^\n]*\n){3}/, '').replace(/\[REDACTED\]|null|[\s|+-]/g, '');
      expect(values).toBe('');
    }),
    { numRuns: 150 },
  );
});

test('shows a slice of a batch, and a batch that went through IPC, as the batch', () => {
  fc.assert(
    fc.property(batch, fc.nat(5), (given, start) => {
      fc.pre(start < given.numRows);
      const rowsOf = (shown: RecordBatch): string[] =>
        previewOf(shown, unbounded)
          .text.split('\n')
          .slice(3, -1)
          .map((line) => line.replace(/ +/g, ' '));
      const whole = rowsOf(given);
      expect(rowsOf(given.slice(start))).toEqual(whole.slice(start));
      const [received] = [...RecordBatchReader.from(RecordBatchStreamWriter.writeAll([given]).toUint8Array(true))];
      if (received) expect(rowsOf(received)).toEqual(whole);
    }),
    { numRuns: 150 },
  );
});

test('hides exactly the leaves that the lists name', () => {
  interface Node {
    readonly list: boolean;
    readonly children: readonly Node[];
  }
  const node = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.record({
      list: fc.boolean(),
      children: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      ),
    }),
  })).node;
  // Every leaf holds its own path, so that the text of the preview says which were shown.
  const build = ({ list, children }: Node, path: string, leaves: string[]): { type: DataType; value: unknown } => {
    if (children.length === 0) leaves.push(path);
    const built = children.map((child, index) => build(child, `${path}.f${index}`, leaves));
    const inner =
      children.length === 0
        ? { type: new Utf8(), value: `<${path}>` }
        : {
            type: new Struct(built.map(({ type }, index) => field(`f${index}`, type))),
            value: namedValues(built.map(({ value }) => value)),
          };
    return list ? { type: new List(field('item', inner.type)), value: [inner.value] } : inner;
  };
  const pattern = fc.constantFrom('c', 'c.f0', 'c.f1', 'c.f0.f1', 'f1', 'f2', 'c.f1.f0.f0', 'C.F2');
  fc.assert(
    fc.property(
      node,
      fc.constantFrom('deny-list', 'allow-list'),
      fc.array(pattern, { maxLength: 3 }),
      (root, mode, columns) => {
        const leaves: string[] = [];
        const { type, value } = build(root, 'c', leaves);
        const schema = new Schema([field('c', type)]);
        const { data } = vectorFromArray([value], type);
        const given = new RecordBatch(
          schema,
          makeData({ type: new Struct(schema.fields), length: 1, nullCount: 0, children: [...data] }),
        );
        const { text: shown } = previewOf(given, { ...unbounded, redaction: { mode, columns } });
        for (const path of leaves) {
          const names = columns.map((column) => column.toLowerCase());
          const isNamed = names.some((name) => `${path}.`.startsWith(`${name}.`));
          const isFieldNamed = names.some((name) => path.split('.').includes(name));
          const isShown = mode === 'allow-list' ? isNamed : !isNamed && !isFieldNamed;
          expect([path, shown.includes(`<${path}>`)]).toEqual([path, isShown]);
        }
      },
    ),
    { numRuns: 200 },
  );
});
