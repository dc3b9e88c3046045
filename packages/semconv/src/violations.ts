import { ATTR_SPAN_KIND } from './attributes/planscope.ts';
import { ATTR_TRACE_CUSTOM_FIELDS_JSON } from './attributes/trace.ts';
import {
  type AttributeDefinition,
  type AttributeType,
  isText,
  type SemanticSchema,
  type SpanDefinition,
} from './definition.ts';
import { TEXT_KINDS, type TextKind } from './text-kind.ts';

/** Template for any name, for spans that are named by the embedding program. */
const ANY_NAME = '*';

/** The parts of a finished span that a schema defines. */
export interface NamedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Finds the violations of the given schemas by a span: an unregistered name or key, a key on the wrong kind of span, a
 * value of the wrong type or outside of its closed list, a text that is registered without its kind.
 *
 * @returns one sentence for each violation; empty if the span conforms
 */
export function schemaViolations(span: NamedSpan, schemas: readonly SemanticSchema[]): string[] {
  const kind = span.attributes[ATTR_SPAN_KIND];
  const { spans, attribute } = definitionsOf(schemas);
  const definitions = spans.get(kind) ?? [];
  if (definitions.length === 0) {
    return [`span "${span.name}": ${ATTR_SPAN_KIND} is ${JSON.stringify(kind)}, which no schema defines`];
  }
  const violations: string[] = [];
  const names = definitions.flatMap((definition) => definition.names.map((name) => fill(name, span.attributes)));
  if (!names.includes(span.name) && !names.includes(ANY_NAME)) {
    violations.push(`span "${span.name}": a ${kind} span is named ${names.map((name) => `"${name}"`).join(' or ')}`);
  }
  const customKeys = customFieldKeys(span);
  for (const [key, value] of Object.entries(span.attributes)) {
    if (value === undefined || customKeys.has(key)) continue;
    const definition = attribute(key);
    if (definition === undefined) {
      violations.push(`span "${span.name}": attribute "${key}" is registered in no schema`);
    } else {
      violations.push(...attributeViolations(span.name, String(kind), key, value, definition));
    }
  }
  return violations;
}

/** What the check of a span looks up. */
interface Definitions {
  /** By kind. */
  readonly spans: ReadonlyMap<unknown, readonly SpanDefinition[]>;
  readonly attribute: (key: string) => AttributeDefinition | undefined;
}

/** Made once: each test checks thousands of spans against the same hundreds of definitions. */
const made = new WeakMap<readonly SemanticSchema[], Definitions>();

function definitionsOf(schemas: readonly SemanticSchema[]): Definitions {
  const known = made.get(schemas);
  if (known !== undefined) return known;
  const spans = new Map<unknown, SpanDefinition[]>();
  for (const definition of schemas.flatMap((schema) => schema.spans)) {
    spans.set(definition.kind, [...(spans.get(definition.kind) ?? []), definition]);
  }
  const attributes = schemas.flatMap((schema) => schema.attributes);
  // The first definition of a key counts, as in `findAttribute`.
  const exact = new Map([...attributes].reverse().map((definition) => [definition.key, definition]));
  const families = attributes.filter(({ key }) => key.endsWith('*'));
  const definitions = { spans, attribute: (key: string) => exact.get(key) ?? findAttribute(key, families) };
  made.set(schemas, definitions);
  return definitions;
}

/** The definition of a key: its own, else that of the first matching family (`prefix*`). */
export function findAttribute<Definition extends AttributeDefinition>(
  key: string,
  definitions: readonly Definition[],
): Definition | undefined {
  return (
    definitions.find((definition) => definition.key === key) ??
    definitions.find(
      ({ key: family }) => family.endsWith('*') && key.length >= family.length && key.startsWith(family.slice(0, -1)),
    )
  );
}

function attributeViolations(
  name: string,
  kind: string,
  key: string,
  value: unknown,
  definition: AttributeDefinition,
): string[] {
  const where = `span "${name}": attribute "${key}"`;
  const violations: string[] = [];
  if (!(definition.spans as readonly string[]).includes(kind)) {
    violations.push(`${where} belongs on ${definition.spans.join(', ')} spans, not on a ${kind} span`);
  }
  if (!hasType[definition.type](value)) {
    violations.push(`${where} should be of type ${definition.type}, is ${JSON.stringify(value)}`);
  }
  if (!isText(definition)) return violations;
  if (definition.values !== undefined && !definition.values.includes(String(value))) {
    violations.push(`${where} is ${JSON.stringify(value)}; allowed: ${definition.values.join(', ')}`);
  }
  // A registry in JavaScript may lack it.
  if (!KINDS.has(definition.text)) {
    violations.push(`${where} is a text whose kind is ${definition.text}; allowed: ${[...KINDS].join(', ')}`);
  }
  return violations;
}

const hasType: Record<AttributeType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  double: (value) => typeof value === 'number',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  'string[]': (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};

const KINDS: ReadonlySet<TextKind> = new Set(TEXT_KINDS.map(({ kind }) => kind));

function fill(template: string, attributes: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{([a-z_.]+)\}/g, (_, key: string) => String(attributes[key] ?? `{${key}}`));
}

/** The names of the program's own fields on a span, from the JSON attribute that lists them. */
function customFieldKeys(span: NamedSpan): Set<string> {
  const json = span.attributes[ATTR_TRACE_CUSTOM_FIELDS_JSON];
  return new Set(typeof json === 'string' ? Object.keys(JSON.parse(json) as object) : []);
}
