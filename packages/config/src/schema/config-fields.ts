import { z } from 'zod';
import { describeAllowed } from './describe-allowed.ts';
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

/** The name people know from other tracers wins over the one its path would give. */
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
