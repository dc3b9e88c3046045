import {
  Binary,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { expect, test } from 'vitest';
import { createPreview, type PreviewOptions } from './index.ts';

const field = (name: string, type: DataType): Field => new Field(name, type, true);

const contact = new Struct([field('city', new Utf8()), field('zip', new Utf8())]);
const labels = new Map_(
  new Field('entries', new Struct([new Field('key', new Utf8(), false), field('value', new Utf8())]), false) as never,
);

const COLUMNS: readonly (readonly [string, DataType, readonly unknown[]])[] = [
  ['id', new Int64(), [1n, 2n, 9_007_199_254_740_993n]],
  ['email', new Utf8(), ['ada@example.com', '', null]],
  ['score', new Float64(), [1.5, Number.NaN, Number.NEGATIVE_INFINITY]],
  ['seen', new TimestampMicrosecond('Europe/Berlin'), [1_577_836_800_000, null, 1_577_836_800_250]],
  ['state', new Dictionary(new Utf8(), new Int32()), ['new', 'null', 'new']],
  ['contact', contact, [{ city: 'Zürich', zip: '8001' }, { city: '東京', zip: null }, null]],
  ['tags', new List(field('item', new Utf8())), [['a', 'b "c"'], [], null]],
  ['labels', labels, [new Map([['accept', 'json']]), new Map([['Authorization', 'Bearer x']]), null]],
  ['note', new Utf8(), ['two\nlines', 'e\u0301 \u202eright to left', 'x'.repeat(400)]],
  ['raw', new Binary(), [Uint8Array.of(0, 255), new Uint8Array(), null]],
];

function batchOf(names: readonly string[]): RecordBatch {
  const shown = COLUMNS.filter(([name]) => names.includes(name));
  const fields = shown.map(([name, type]) => field(name, type));
  const children = shown.flatMap(([, type, values]) => vectorFromArray([...values], type).data);
  return new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length: 3, nullCount: 0, children }));
}

const everyName = COLUMNS.map(([name]) => name);

const EXAMPLES: readonly (readonly [string, readonly string[], Omit<PreviewOptions, 'limit'>])[] = [
  ['Defaults: 96 columns wide, four lines per row; the table counts the columns left out', everyName, {}],
  ['Wide: every kind of value', everyName.slice(0, 8), { maxWidth: 160 }],
  ['Narrow: columns shrink to `minCompactedColumnWidth`', ['id', 'email', 'note'], { maxWidth: 48, maxRowHeight: 2 }],
  ['Control, combining and wide characters', ['contact', 'note', 'raw'], { maxRowHeight: 1 }],
  [
    "Deny list: `{ mode: 'deny-list', columns: ['*mail*', 'zip', 'authorization', 'id'] }`",
    ['id', 'email', 'contact', 'labels'],
    { redaction: { mode: 'deny-list', columns: ['*mail*', 'zip', 'authorization', 'id'] } },
  ],
  [
    "Allow list: `{ mode: 'allow-list', columns: ['score', 'contact.city', 'labels.accept'] }`",
    ['id', 'email', 'score', 'contact', 'labels'],
    { redaction: { mode: 'allow-list', columns: ['score', 'contact.city', 'labels.accept'] } },
  ],
  [
    "Keyed hash: `{ mode: 'deny-list', columns: ['id', 'state'], hashKey }`",
    ['id', 'state', 'score'],
    { redaction: { mode: 'deny-list', columns: ['id', 'state'], hashKey: 'a secret key' } },
  ],
];

const HEAD = `# Previews

The tests of \`@planscope/preview\` print each table below from the same three rows and compare it with this file.
`;

test('the previews in the documentation are what the code makes', async () => {
  const sections = EXAMPLES.map(([title, names, options]) => {
    const preview = createPreview({ limit: 5, ...options });
    preview.add(batchOf(names));
    return `## ${title}\n\n\`\`\`text\n${preview.finish()?.text}\n\`\`\`\n`;
  });
  await expect([HEAD, ...sections].join('\n')).toMatchFileSnapshot('../../../docs/previews.md');
});
