import { placeOf } from './layers/layer.ts';
import type { Settings } from './layers/settings.ts';
import { maskValue } from './mask-value.ts';
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
