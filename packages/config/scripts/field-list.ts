import type { z } from 'zod';
import { configFields } from '../src/schema/config-fields.ts';
import { configJsonSchema } from './config-json-schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The lines of the README between which the list is. */
export const LIST_START = '<!-- fields: written by `pnpm reference` -->';
export const LIST_END = '<!-- end of fields -->';

/** Every field with its variable, its meaning, what it allows and its default, as a Markdown table. */
export function fieldList(): string {
  const root = configJsonSchema();
  const rows = configFields.map(({ path, variable, allowed }) => {
    const { description, default: value } = nodeAt(root, path);
    const shown = value === undefined ? 'not set' : code(typeof value === 'string' ? value : JSON.stringify(value));
    return [`${code(path)}<br>${code(variable)}`, String(description), allowed.map(code).join(', '), shown];
  });
  const head = ['Field and variable', 'Meaning', 'Allowed', 'Default'];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

/** A README with the list of today between its marks. */
export function withFieldList(readme: string): string {
  const start = readme.indexOf(LIST_START);
  const end = readme.indexOf(LIST_END);
  if (start === -1 || end < start) throw new Error('the README has no place for the list of fields');
  return `${readme.slice(0, start + LIST_START.length)}\n\n${fieldList()}\n\n${readme.slice(end)}`;
}

function nodeAt(root: JsonSchema, path: string): JsonSchema {
  return path.split('.').reduce<JsonSchema>((node, name) => node.properties?.[name] as JsonSchema, root);
}

function code(text: string): string {
  return `\`${text}\``;
}
