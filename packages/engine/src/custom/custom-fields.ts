import type { Attributes } from '@opentelemetry/api';
import { CUSTOM_FIELD_NAME, type TracingConfig } from '@planscope/config';
import { visibilityRule } from '@planscope/preview';
import { redactUrls, truncateText } from '@planscope/redaction';
import { ATTR_TRACE_CUSTOM_FIELDS_JSON } from '@planscope/semconv';
import { Utf8 } from 'apache-arrow';
import { EngineError } from '../run/engine-error.ts';

/** What a program says of a step of its own. */
export type SpanFields = Readonly<Record<string, string | number | boolean>>;

/** @throws EngineError `invalid-span` for a name that is reserved, or a value of another type */
export function checkFields(fields: SpanFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!CUSTOM_FIELD_NAME.test(name)) {
      throw new EngineError(
        'invalid-span',
        `field ${JSON.stringify(name)} is reserved for Planscope and OpenTelemetry, or holds a space; use a name of your own, as in app.${name.replace(/\s/g, '_')}`,
      );
    }
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new EngineError(
        'invalid-span',
        `field ${name} is of the type ${typeof value}; use a string, a number or a boolean`,
      );
    }
  }
}

/**
 * The fields as attributes, each under its own name and all of them as JSON. A field that goes by the name of a redacted
 * column shows the token; other texts lose the credentials of URLs and what is over the limit of bytes.
 */
export function fieldAttributes(fields: SpanFields, { preview, maxAttributeBytes }: TracingConfig): Attributes {
  const { redaction } = preview;
  const visibility = visibilityRule(redaction);
  const shown = Object.entries(fields).map(([name, value]) => {
    if (visibility(name, new Utf8(), 'partly') === 'hidden') return [name, redaction.token] as const;
    return [name, typeof value === 'string' ? truncateText(redactUrls(value), maxAttributeBytes) : value] as const;
  });
  if (shown.length === 0) return {};
  const attributes = Object.fromEntries(shown);
  const json = JSON.stringify(attributes, Object.keys(attributes).sort());
  return { ...attributes, [ATTR_TRACE_CUSTOM_FIELDS_JSON]: json };
}
