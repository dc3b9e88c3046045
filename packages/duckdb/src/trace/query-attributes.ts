import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { redactSql, truncateText } from '@planscope/preview/text';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
} from '@planscope/semconv';
import { ENGINE_NAME, type QuerySource } from '../report/create-report.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

/** Of one text on a query span. */
export const DEFAULT_MAX_TEXT_BYTES: number = 16_384;

/** What a query span says from its start. */
export function queryAttributes(
  { text, operation, summary }: QuerySource,
  { operators = {} }: TraceConnectionOptions,
  customFields: Readonly<Record<string, AttributeValue>>,
): Attributes {
  const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES, redaction = {} } = operators;
  const recorded = redaction.sqlLiterals === 'keep' ? text : redactSql(text).trim();
  const names = Object.keys(customFields).sort();
  return {
    ...customFields,
    ...(names.length === 0 ? {} : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(customFields, names) }),
    [ATTR_SPAN_KIND]: 'query',
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
    [ATTR_DB_OPERATION_NAME]: operation,
    [ATTR_DB_QUERY_SUMMARY]: summary,
    [ATTR_DB_QUERY_TEXT]: truncateText(recorded, maxTextBytes),
  };
}
