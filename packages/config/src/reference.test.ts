import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../scripts/config-json-schema.ts';
import { withFieldList } from '../scripts/field-list.ts';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('ships the JSON Schema of today; `pnpm reference` writes it anew', () => {
  expect(JSON.parse(read('schema.json'))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

it('lists the fields of today in the README; `pnpm reference` writes them anew', () => {
  const readme = read('README.md');
  expect(withFieldList(readme)).toBe(readme);
});

it('describes every field and refuses unknown ones', () => {
  const bare: string[] = [];
  visit('', configJsonSchema() as never);
  expect(bare).toEqual([]);

  function visit(
    path: string,
    node: { properties?: Record<string, never>; additionalProperties?: unknown; description?: string },
  ) {
    if (node.properties === undefined) {
      if (!node.description) bare.push(path);
      return;
    }
    expect(node.additionalProperties).toBe(false);
    for (const [name, inner] of Object.entries(node.properties)) visit(`${path}.${name}`, inner);
  }
});
