import { describe, expect, it } from 'vitest';
import { type AttributeText, createAttributeTexts, createTextsByKind } from './index.ts';

describe('texts by kind', () => {
  const closed = createTextsByKind({
    maxBytes: 64,
    dialect: { errors: { classes: ['Bead'], templates: [`lost '{value}'`] } },
  });
  const identifiers = ['amount', 'people'];

  it.each([
    ['code', '1/3', '1/3'],
    ['code', 'x'.repeat(100), `${'x'.repeat(38)}… [truncated, 100 bytes]`],
    ['identifier', 'people', 'people'],
    ['identifier', 'Ada', '?1'],
    ['name_of_data', 'amount', 'amount'],
    ['name_of_data', 'Ada', '?1'],
    ['expression', "(amount > 17) AND (amount = 'Ada')", '(amount > ?1) AND (amount = ?2)'],
    ['plan', "FILTER: Expression=(amount = 'Ada')", 'FILTER: Expression=(amount = ?1)'],
    ['sql', "SELECT amount FROM people WHERE amount = 'Ada'", 'SELECT amount FROM people WHERE amount = ?1'],
    ['path', '/data/2024/a?b=c.parquet', '/data/2024/a?b=c.parquet'],
    ['path', 's3://ada:pass word@bucket/a.parquet?sig=Ada', 's3://bucket/a.parquet?…'],
    ['path', '/a.csv, s3://u:p@b/c.csv?sig=Ada, s3://d/e.csv', '/a.csv, s3://b/c.csv?…, s3://d/e.csv'],
    ['url', 's3://ada:pass@bucket/a.parquet?sig=Ada', 's3://bucket/a.parquet?…'],
    ['message', 'Ada was here', 'Error'],
    ['message', `Bead Error: lost 'Ada'`, `Bead Error: lost '?1'`],
    ['data', 'Ada', '?1'],
  ] as const)('%s: %s', (kind, text, shown) => {
    expect(closed.text(kind, text, { identifiers })).toBe(shown);
    expect(closed.list(kind, [text], { identifiers })).toEqual([shown]);
  });

  it('hides every name that may be made of data if there is no list of names', () => {
    expect(closed.text('name_of_data', 'amount')).toBe('?1');
    expect(closed.list('name_of_data', ['amount', 'total'])).toEqual(['?1', '?2']);
    expect(closed.text('identifier', 'amount')).toBe('amount');
  });

  it('numbers the hidden texts of a list together', () => {
    expect(closed.list('data', ['Ada', 'Bob', 'Ada'])).toEqual(['?1', '?2', '?1']);
  });

  it('has one switch for each kind', () => {
    const data = createTextsByKind({ data: 'keep' });
    expect(data.text('data', 'Ada')).toBe('Ada');
    expect(data.text('expression', "a = 'Ada'")).toBe('a = ?1');
    expect(createTextsByKind({ errorMessages: 'keep' }).text('message', 'Ada was here')).toBe('Ada was here');
    const plans = createTextsByKind({ planLiterals: 'keep' });
    expect(plans.text('name_of_data', 'Ada')).toBe('Ada');
    expect(plans.text('data', 'Ada')).toBe('?1');
  });
});

const registry: Readonly<Record<string, AttributeText>> = {
  mode: { text: 'code' },
  filters: { text: 'expression' },
  conditions: { text: 'expression', comparesColumns: true },
};
const texts = createAttributeTexts((key) => registry[key], { maxBytes: 64 });

describe('the texts of attributes', () => {
  it('are cleaned by the kind that the registry gives each, alone and in lists; other values stay', () => {
    const attributes = { mode: '1/3', filters: ["name = 'Ada'"], conditions: 'id = other', rows: 3, sizes: [1, 2] };
    expect(texts.attributes<unknown>(attributes)).toEqual({ ...attributes, filters: ['name = ?1'] });
    expect(texts.text('filters', 'id = other')).toBe('id = ?1');
  });

  it('count as data where the registry does not name them', () => {
    expect(texts.attributes({ unknown: 'Ada', list: ['Ada', 'Bob'] })).toEqual({ unknown: '?1', list: ['?1', '?2'] });
    expect(texts.text('unknown', 'Ada')).toBe('?1');
    expect(createAttributeTexts(() => undefined, { data: 'keep' }).text('unknown', 'Ada')).toBe('Ada');
  });
});
