import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { z } from 'zod';
import { tracingConfigSchema } from '../src/schema/tracing-config-schema.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON Schema of a configuration file; the doc comments of `TracingConfig` describe its fields. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  const described = describeFields(tracingConfigSchema, ...typeOfConfiguration());
  const { $schema = DRAFT, properties, ...rest } = z.toJSONSchema(described, { io: 'input' });
  return {
    $schema,
    title: 'Planscope tracing configuration',
    ...rest,
    properties: { $schema: { type: 'string', description: 'Where this schema lies; for editors.' }, ...properties },
  };
}

/**
 * The schema with the comment of each field that an editor shows as its description. A group has none.
 *
 * @throws Error when the schema and the type do not have the same fields
 */
function describeFields(schema: z.ZodObject, type: ts.Type, checker: ts.TypeChecker): z.ZodObject {
  const unknown = type.getProperties().find(({ name }) => !(name in schema.shape));
  if (unknown !== undefined) throw new Error(`the schema has no field ${unknown.name}`);
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const property = type.getProperty(name);
    if (property === undefined) throw new Error(`the type has no field ${name}`);
    if (field instanceof z.ZodPrefault && field.unwrap() instanceof z.ZodObject) {
      const group = describeFields(field.unwrap() as z.ZodObject, checker.getTypeOfSymbol(property), checker);
      return [name, group.prefault({})];
    }
    const comment = ts.displayPartsToString(property.getDocumentationComment(checker));
    return [name, (field as z.ZodType).describe(comment.replace(/\s+/g, ' '))];
  });
  return z.strictObject(Object.fromEntries(fields));
}

function typeOfConfiguration(): [ts.Type, ts.TypeChecker] {
  const file = fileURLToPath(new URL('../src/tracing-config.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbols = source && checker.getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol);
  const configuration = symbols?.find(({ name }) => name === 'TracingConfig');
  if (configuration === undefined) throw new Error('src/tracing-config.ts exports no TracingConfig');
  return [checker.getDeclaredTypeOfSymbol(configuration), checker];
}
