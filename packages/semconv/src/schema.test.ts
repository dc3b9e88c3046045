import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemas } from '../../../scripts/schemas.ts';
import { textKindsIn } from '../../../scripts/text-kinds-in.ts';
import { findAttribute, renderSchema } from './index.ts';

describe('the schemas', () => {
  it('are what docs/span-schema.md says', () => {
    const document = readFileSync(new URL('../../../docs/span-schema.md', import.meta.url), 'utf8');
    expect(document, 'stale: run `pnpm schema`').toBe(renderSchema(schemas));
  });

  it('give each text the kind that docs/privacy.md says', () => {
    const document = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8');
    expect(document, 'stale: run `pnpm schema`').toBe(textKindsIn(document));
  });

  it('register every key and metric once', () => {
    const keys = schemas.flatMap((schema) => [
      ...schema.attributes.map(({ key }) => key),
      ...schema.metrics.map(({ name }) => name),
    ]);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('say where each attribute stands and who sets it', () => {
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
