import { findAttribute, TEXT_KINDS, textAttributes } from '@planscope/semconv';
import { describe, expect, it } from 'vitest';
import { schemas } from './schemas.ts';

describe('the schemas', () => {
  it('register every key and metric once', () => {
    const keys = schemas.flatMap((schema) => [
      ...schema.attributes.map(({ key }) => key),
      ...schema.metrics.map(({ name }) => name),
    ]);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('say where each attribute is and who sets it', () => {
    const attributes = schemas.flatMap((schema) => schema.attributes);
    expect(attributes.filter(({ spans, setBy }) => spans.length === 0 || setBy.length === 0)).toEqual([]);
  });

  it('keep an engine within its own prefix', () => {
    const [, ...engines] = schemas;
    const strays = engines.flatMap(({ scope, attributes }) =>
      attributes.filter(({ key }) => !key.startsWith(`${scope}.`)).map(({ key }) => key),
    );
    expect(strays).toEqual([]);
  });
});

describe('findAttribute', () => {
  const attributes = schemas.flatMap((schema) => schema.attributes);

  it('finds a family by its prefix, and needs something after it', () => {
    expect(findAttribute('datafusion.metrics.output_rows', attributes)?.key).toBe('datafusion.metrics.*');
    expect(findAttribute('datafusion.metrics.', attributes)).toBeUndefined();
    expect(findAttribute('datafusion.metric', attributes)).toBeUndefined();
  });
});

describe('a text attribute', () => {
  it('has a kind in every registry of the repository', () => {
    const kinds = new Set<unknown>(TEXT_KINDS.map(({ kind }) => kind));
    const texts = schemas.flatMap(({ attributes }) => attributes).filter(({ type }) => /^string/.test(type));
    expect(texts.length).toBeGreaterThan(60);
    expect(texts.filter((definition) => !('text' in definition && kinds.has(definition.text)))).toEqual([]);
  });

  it('is found by its key before its family, and a number is none', () => {
    const textOf = textAttributes(schemas);
    expect(textOf('duckdb.info.table_index')?.text).toBe('code');
    expect(textOf('duckdb.info.file_filters')?.text).toBe('expression');
    expect(textOf('duckdb.limit')).toBeUndefined();
    expect(textOf('toy.note')).toBeUndefined();
  });
});
