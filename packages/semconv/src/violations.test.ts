import { expect, it } from 'vitest';
import { type AttributeDefinition, type SemanticSchema, schemaViolations, sharedSchema } from './index.ts';

const toy = (...attributes: AttributeDefinition[]): SemanticSchema => ({
  scope: 'toy',
  spans: [],
  attributes,
  operatorMetrics: [],
  metrics: [],
});
const base = { meaning: 'A number.', spans: ['operator'], setBy: ['toy'] } as const;
const number: AttributeDefinition = { ...base, key: 'toy.number', type: 'int' };
const family: AttributeDefinition = { ...base, key: 'toy.*', type: 'string', text: 'code' };

function violations(attributes: Record<string, unknown>, ...schemas: SemanticSchema[]): string[] {
  const scan = { 'planscope.span.kind': 'operator', 'planscope.operator.name': 'SCAN' };
  return schemaViolations({ name: 'SCAN', attributes: { ...scan, ...attributes } }, [sharedSchema, ...schemas]);
}

it('a key has the first definition of it, and its own before that of its family', () => {
  const attributes = { 'toy.number': 1, 'toy.other': 'x' };
  expect(violations(attributes, toy(family), toy(number))).toEqual([]);
  expect(violations(attributes, toy(number, family), toy({ ...number, type: 'boolean' }))).toEqual([]);
  expect(violations(attributes, toy(number))).toEqual([
    'span "SCAN": attribute "toy.other" is registered in no schema',
  ]);
});

it('schemas of their own are looked up on their own', () => {
  expect(violations({ 'toy.number': 1 }, toy(number))).toEqual([]);
  expect(violations({ 'toy.number': 1 })).toHaveLength(1);
});
