import { z } from 'zod';
import {
  DATA_FORMATS,
  type ExecutionSpec,
  INPUT_ACCESSES,
  type InputSpec,
  isTableFormat,
  type OutputSpec,
  RULEPACK_PROFILES,
  TABLE_FORMATS,
} from './execution-spec.ts';
import { SpecError } from './spec-error.ts';

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a valid name; use letters, digits and _, not starting with a digit');
const location = z.string().min(1, 'is empty; give a path or URL');
const table = z
  .string()
  .regex(
    /^[^."]+(?:\.[^."]+){0,2}$/,
    'is not the name of a table; write "table", "schema.table" or "catalog.schema.table"',
  )
  .optional();

const schema = z.strictObject({
  version: z.literal(1),
  inputs: z
    .array(
      z.strictObject({
        name,
        location: location.optional(),
        format: z.enum([...DATA_FORMATS, ...TABLE_FORMATS]).optional(),
        access: z.enum(INPUT_ACCESSES).optional(),
        table,
        version: z
          .union([z.number().int().nonnegative(), z.string().regex(/^\d+$/)], {
            error: 'is not a version; use a whole number from 0 up, or its digits as text',
          })
          .optional(),
      }),
    )
    .optional(),
  views: z.array(z.strictObject({ name, sql: z.string().min(1, 'is empty; give one SELECT statement') })).optional(),
  outputs: z
    .array(
      z.strictObject({
        name,
        from: name,
        location: location.optional(),
        format: z.enum([...DATA_FORMATS, 'delta', 'ducklake']).optional(),
        table,
        mode: z.enum(['overwrite', 'create', 'append']).optional(),
        partitionBy: z.array(z.string()).min(1, 'is empty; name at least one column, or leave it out').optional(),
      }),
    )
    .min(1, 'is empty; name at least one output'),
  rulepack: z
    .strictObject({
      profile: z.enum(RULEPACK_PROFILES).optional(),
      add: z.array(z.string()).optional(),
      exclude: z.array(z.string()).optional(),
    })
    .optional(),
  runtime: z
    .strictObject({
      tracingPreset: z.string().optional(),
      // The package @planscope/config validates its fields.
      tracing: z.record(z.string(), z.unknown()).optional(),
      tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    })
    .optional(),
});

/**
 * Validates the fields, types and values of a specification, and that its names are unique.
 *
 * @throws SpecError with the first invalid field, its value and a valid one
 */
export function parseSpec(input: unknown): ExecutionSpec {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = fieldName(issue?.path ?? []);
    throw new SpecError('invalid-spec', field, `${issue?.message}; got ${shown(valueAt(input, issue?.path ?? []))}`);
  }
  const spec = parsed.data as ExecutionSpec;
  for (const [index, entry] of (spec.inputs ?? []).entries()) checkInput(`inputs[${index}]`, entry);
  for (const [index, entry] of spec.outputs.entries()) checkOutput(`outputs[${index}]`, entry);
  refuseDuplicates([
    ...(spec.inputs ?? []).map((entry, index) => [`inputs[${index}].name`, entry.name] as const),
    ...(spec.views ?? []).map((entry, index) => [`views[${index}].name`, entry.name] as const),
  ]);
  refuseDuplicates(spec.outputs.map((entry, index) => [`outputs[${index}].name`, entry.name] as const));
  return spec;
}

/** Checks the fields of an output that only some formats have. */
function checkOutput(field: string, { format = 'parquet', table, mode, location: to, partitionBy }: OutputSpec): void {
  const refuse = refuser(field);
  // A table of a catalog; the engine checks the rest.
  if (to === undefined && table !== undefined && format !== 'ducklake') return;
  checkLakeName(refuse, format, table);
  if (isTableFormat(format) && to === undefined) refuse('location', `is missing; say where the ${format} table is`);
  if (mode === 'append' && !isTableFormat(format)) refuse('mode', `rows cannot be appended to a ${format} file`);
  if (table !== undefined && format !== 'ducklake') {
    refuse('table', `an output of format ${format} is one table or file; leave it out`);
  }
  if (table === undefined && format === 'ducklake') refuse('table', 'is missing; give "table" or "schema.table"');
  if (partitionBy !== undefined && format !== 'delta') {
    refuse(
      'partitionBy',
      `only a Delta table is written in partitions, not an output of format ${format}; leave it out`,
    );
  }
}

/** Checks the fields of an input that only some formats have. */
function checkInput(field: string, input: InputSpec): void {
  const { location, format, table } = input;
  const refuse = refuser(field);
  if (location === undefined && (format === undefined || format === 'table')) {
    if (table === undefined) refuse('location', 'is missing; give a path or URL, or for Trino a table');
    return;
  }
  if (location === undefined) refuse('location', `is missing; say where the ${format} input is`);
  if (format === 'table') refuse('location', 'an input of format table is in a catalog; leave it out');
  checkLakeName(refuse, format, table);
  checkFile(refuse, input);
}

type Refuse = (name: string, text: string) => never;

function refuser(field: string): Refuse {
  return (name, text) => {
    throw new SpecError('invalid-spec', `${field}.${name}`, text);
  };
}

function checkLakeName(refuse: Refuse, format: string | undefined, table: string | undefined): void {
  if (format === 'ducklake' && table?.split('.').length === 3) {
    refuse('table', 'is not the name of a table in a DuckLake; write "table" or "schema.table"');
  }
}

function checkFile(refuse: Refuse, { format = 'parquet', table, version, access }: Omit<InputSpec, 'name'>): void {
  if (version !== undefined && !isTableFormat(format)) {
    refuse('version', `an input of format ${format} has no versions; leave it out`);
  }
  if (table !== undefined && format !== 'ducklake') {
    refuse('table', `an input of format ${format} is one table; leave it out`);
  }
  if (table === undefined && format === 'ducklake') refuse('table', 'is missing; give "table" or "schema.table"');
  if (access === 'fetch' && (format === 'iceberg' || format === 'ducklake')) {
    refuse('access', `only DuckDB's extension reads ${format}; leave it out or use "direct"`);
  }
}

/** Compares names without regard to case, as in SQL. */
function refuseDuplicates(entries: readonly (readonly [field: string, name: string])[]): void {
  const first = new Map<string, string>();
  for (const [field, name] of entries) {
    const earlier = first.get(name.toLowerCase());
    if (earlier !== undefined) {
      throw new SpecError('duplicate-name', field, `"${name}" is already the name of ${earlier}; names must be unique`);
    }
    first.set(name.toLowerCase(), field);
  }
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'spec';
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

/** A value for an error message, truncated to 80 characters. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
