import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a schema allows: the values themselves where they are a closed list, else one phrase. */
export function describeAllowed(schema: z.ZodType): string[] {
  return describe(z.toJSONSchema(schema, { io: 'input' }));
}

function describe(schema: JsonSchema): string[] {
  if (schema.enum) return schema.enum.map(String);
  if (schema.anyOf) return schema.anyOf.flatMap((option) => describe(option));
  switch (schema.type) {
    case 'boolean':
      return ['true', 'false'];
    case 'integer':
    case 'number':
      return [`${schema.type}${range(schema)}`];
    case 'array':
      return [`list of ${describe(schema.items as JsonSchema).join(' | ')}`];
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
