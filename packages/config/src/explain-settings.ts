import { maskValue, placeOf } from './layers/layer.ts';
import type { Settings } from './layers/settings.ts';
import type { FieldExplanation } from './resolved-tracing.ts';
import { configFields } from './schema/config-fields.ts';

/** Every field in the order of the schema, with its value and source; a record has one entry for each of its keys. */
export function explainSettings(settings: Settings): FieldExplanation[] {
  return configFields.flatMap(({ path, keySchema }): FieldExplanation[] => {
    const inEffect = settings.under(path);
    if (inEffect.length === 0) {
      return [{ field: path, value: keySchema === undefined ? undefined : {}, source: 'default' }];
    }
    return inEffect.map((setting) => ({
      field: placeOf(setting),
      value: maskValue(path, setting.value),
      source: setting.source,
      ...(setting.origin === undefined ? {} : { origin: setting.origin }),
    }));
  });
}

/** The explained fields as an aligned table of text: field, where its value came from, value. */
export function renderExplanation(fields: readonly FieldExplanation[]): string {
  const rows = fields.map(({ field, value, source, origin }) => [
    field,
    origin === undefined ? source : `${source} ${origin}`,
    value === undefined ? '(not set)' : JSON.stringify(value),
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
