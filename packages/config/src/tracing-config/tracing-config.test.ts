import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { configJsonSchema } from '../schema/config-json-schema.ts';
import type { tracingConfigSchema } from '../schema/tracing-config-schema.ts';
import type { TracingConfig } from './tracing-config.ts';
import type { TracingConfigInput } from './tracing-config-input.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

interface Field {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
}

const types = readdirSync(new URL('.', import.meta.url))
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('')
  .replace(/\n +\* /g, ' ')
  .replace(/\s+/g, ' ');

function describedFields(fields: Readonly<Record<string, Field>>): [string, string][] {
  return Object.entries(fields).flatMap(([name, { description = '', properties }]) =>
    properties === undefined ? [[name, description]] : describedFields(properties),
  );
}

describe('the written types', () => {
  it('are those of the schema', () => {
    type Complete = Omit<DeepReadonly<z.output<typeof tracingConfigSchema>>, 'rulePhases'>;
    expectTypeOf<Omit<TracingConfig, 'rulePhases'>>().toExtend<Complete>();
    expectTypeOf<Complete>().toExtend<Omit<TracingConfig, 'rulePhases'>>();
    type Input = DeepReadonly<z.input<typeof tracingConfigSchema>>;
    expectTypeOf<TracingConfigInput>().toExtend<Input>();
    expectTypeOf<Input>().toExtend<TracingConfigInput>();
    expectTypeOf<keyof TracingConfigInput>().toEqualTypeOf<keyof Input>();
  });

  const { $schema: _, ...fields } = (configJsonSchema() as Field).properties ?? {};

  it.each(describedFields(fields))('say of %s what the schema says', (name, description) => {
    expect(types).toContain(`/** ${description} */ readonly ${name}`);
  });
});
