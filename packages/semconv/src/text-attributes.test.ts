import { describe, expect, it } from 'vitest';
import { type AttributeDefinition, type SemanticSchema, schemaViolations, sharedSchema } from './index.ts';

const toy = (attribute: AttributeDefinition): SemanticSchema => ({
  scope: 'toy',
  spans: [],
  attributes: [attribute],
  operatorMetrics: [],
  metrics: [],
});
const base = { key: 'toy.note', meaning: 'A note.', spans: ['operator'], setBy: ['toy'] } as const;

describe('a text attribute', () => {
  it('without a kind does not compile, and its spans depart from the schema', () => {
    // @ts-expect-error: the kind of the text is missing
    const unclear: AttributeDefinition = { ...base, type: 'string' };
    // @ts-expect-error: a list of texts has a kind, too
    const unclearList: AttributeDefinition = { ...base, type: 'string[]' };
    const departures = (definition: AttributeDefinition, value: unknown): string[] =>
      schemaViolations(
        {
          name: 'SCAN',
          attributes: { 'planscope.span.kind': 'operator', 'planscope.operator.name': 'SCAN', 'toy.note': value },
        },
        [sharedSchema, toy(definition)],
      );
    expect(departures(unclear, 'a')).toEqual([
      'span "SCAN": attribute "toy.note" is a text whose kind is undefined; allowed: code, identifier, path, url, sql, plan, expression, name_of_data, message, data',
    ]);
    expect(departures(unclearList, ['a'])).toHaveLength(1);
    expect(departures({ ...base, type: 'string', text: 'data' }, 'a')).toEqual([]);
  });
});
