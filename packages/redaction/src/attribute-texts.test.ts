import { describe, expect, it } from 'vitest';
import { type AttributeText, createAttributeTexts } from './index.ts';

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
