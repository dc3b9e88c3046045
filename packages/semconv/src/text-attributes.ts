import { isText, type SemanticSchema, type TextAttributeDefinition } from './definition.ts';
import { findAttribute } from './violations.ts';

/** Finds the definition of a text attribute by its key; undefined for a key that is not registered as a text. */
export type TextAttributeLookup = (key: string) => TextAttributeDefinition | undefined;

/** The text attributes of some schemas, by key. */
export function textAttributes(schemas: readonly SemanticSchema[]): TextAttributeLookup {
  const definitions = schemas.flatMap((schema) => schema.attributes).filter(isText);
  const exact = new Map(definitions.map((definition) => [definition.key, definition]));
  const families = definitions.filter(({ key }) => key.endsWith('*'));
  return (key) => exact.get(key) ?? findAttribute(key, families);
}
