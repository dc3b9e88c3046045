import { z } from 'zod';
import { tracingConfigSchema } from './tracing-config-schema.ts';

/** One field of the configuration: the smallest unit that a source can set. */
export interface ConfigField {
  /** Path, for example `preview.limit`. */
  readonly path: string;
  /** The environment variable that sets it. */
  readonly variable: string;
  /** What a value has to satisfy; for a record, what each of its values has to satisfy. */
  readonly schema: z.ZodType;
  readonly shape: 'boolean' | 'number' | 'text' | 'list' | 'record';
  /** For a record, what each of its keys has to satisfy. */
  readonly keySchema?: z.ZodType;
  /** The allowed values, or one phrase that describes them. */
  readonly allowed: readonly string[];
}

/** Variables with an established name, used instead of the one derived from the path. */
const variableNames: Readonly<Record<string, string>> = { filter: 'PLANSCOPE_TRACE' };

/** Every field, in the order of the schema. */
export const configFields: readonly ConfigField[] = fieldsOf(tracingConfigSchema, []);

/** The field at a path that is known to be one. */
export function configField(path: string): ConfigField {
  const field = fieldsByPath.get(path);
  if (field === undefined) throw new RangeError(`[planscope/config] there is no field ${path}`);
  return field;
}

/** The field at a path, where there is one. */
export function findField(path: string): ConfigField | undefined {
  return fieldsByPath.get(path);
}

const fieldsByPath: ReadonlyMap<string, ConfigField> = new Map(configFields.map((field) => [field.path, field]));

/** The names of the fields and groups directly under a group; undefined where the path is no group. */
export function namesUnder(path: string): readonly string[] | undefined {
  return groups.get(path);
}

const groups: ReadonlyMap<string, readonly string[]> = groupsOf(configFields);

function fieldsOf(group: z.ZodObject, parents: readonly string[]): ConfigField[] {
  return Object.entries(group.shape).flatMap(([name, wrapped]) => {
    const schema = withoutDefault(wrapped as z.ZodType);
    const segments = [...parents, name];
    if (schema instanceof z.ZodObject) return fieldsOf(schema, segments);
    const path = segments.join('.');
    const variable = variableOf(segments);
    const allowed = describeAllowed(schema);
    if (schema instanceof z.ZodRecord) {
      const value = schema.valueType as z.ZodType;
      return [{ path, variable, schema: value, keySchema: schema.keyType as z.ZodType, shape: 'record', allowed }];
    }
    return [{ path, variable, schema, shape: shapeOf(schema), allowed }];
  });
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodExactOptional;
  return wrapped ? withoutDefault(schema.unwrap() as z.ZodType) : schema;
}

function shapeOf(schema: z.ZodType): ConfigField['shape'] {
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodArray) return 'list';
  return 'text';
}

function variableOf(segments: readonly string[]): string {
  const words = segments.join('_').replace(/[A-Z]/g, (letter) => `_${letter}`);
  return variableNames[segments.join('.')] ?? `PLANSCOPE_${words.toUpperCase()}`;
}

function groupsOf(fields: readonly ConfigField[]): Map<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const { path } of fields) {
    const segments = path.split('.');
    segments.forEach((name, index) => {
      const parent = segments.slice(0, index).join('.');
      names.set(parent, (names.get(parent) ?? new Set()).add(name));
    });
  }
  return new Map([...names].map(([group, members]) => [group, [...members]]));
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a schema allows: the values themselves where they are a closed list, else one phrase. */
function describeAllowed(schema: z.ZodType): string[] {
  return allowedBy(z.toJSONSchema(schema, { io: 'input' }));
}

function allowedBy(schema: JsonSchema): string[] {
  if (schema.enum) return schema.enum.map(String);
  if (schema.anyOf) return schema.anyOf.flatMap((option) => allowedBy(option));
  switch (schema.type) {
    case 'boolean':
      return ['true', 'false'];
    case 'integer':
    case 'number':
      return [`${schema.type}${range(schema)}`];
    case 'array':
      return [`list of ${allowedBy(schema.items as JsonSchema).join(' | ')}`];
    case 'object':
      return [`object of ${types(schema.additionalProperties as JsonSchema).join(' | ')}`];
    default:
      return [schema.minLength ? 'non-empty string' : `string${example(schema)}`];
  }
}

function types({ type, anyOf }: JsonSchema): string[] {
  return [type ?? anyOf?.map((option) => option.type)].flat().map(String);
}

function example({ examples }: JsonSchema): string {
  return Array.isArray(examples) ? ` such as ${examples[0]}` : '';
}

function range({ minimum, maximum }: JsonSchema): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return from && `${from} up`;
  return `${from} to ${maximum}`;
}
