import { z } from 'zod';
import { tracingConfigSchema } from './tracing-config-schema.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON Schema of a configuration file, as `schema.json` holds it. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema = DRAFT, properties, ...rest } = z.toJSONSchema(tracingConfigSchema, { io: 'input' });
  return {
    $schema,
    title: 'Planscope tracing configuration',
    ...rest,
    properties: { $schema: { type: 'string', description: 'Where this schema lies; for editors.' }, ...properties },
  };
}
