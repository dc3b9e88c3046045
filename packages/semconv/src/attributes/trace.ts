import type { AttributeDefinition, SpanKindName } from '../definition.ts';

export const ATTR_TRACE_SPEC_HASH = 'trace.spec_hash';
export const ATTR_TRACE_RULEPACK = 'trace.rulepack';
export const ATTR_TRACE_PROFILE = 'trace.profile';
export const ATTR_TRACE_RULE_MODE = 'trace.rule_mode';
export const ATTR_TRACE_CUSTOM_FIELDS_JSON = 'trace.custom_fields_json';

const spans: readonly SpanKindName[] = ['run', 'operator'];

/** Attributes with the identity of a run. */
export const traceAttributes: readonly AttributeDefinition[] = [
  {
    key: ATTR_TRACE_SPEC_HASH,
    type: 'string',
    text: 'code',
    meaning: 'SHA-256 of the specification as canonical JSON (RFC 8785) without `runtime`, in hexadecimal.',
    spans,
    setBy: ['engine', 'exec-instrumentation'],
  },
  {
    key: ATTR_TRACE_RULEPACK,
    type: 'string',
    text: 'code',
    meaning: 'Fingerprint of the rules in effect, in hexadecimal.',
    spans,
    setBy: ['engine', 'exec-instrumentation'],
  },
  {
    key: ATTR_TRACE_PROFILE,
    type: 'string',
    text: 'code',
    meaning: 'Name of the rulepack profile.',
    spans,
    setBy: ['engine', 'exec-instrumentation'],
  },
  {
    key: ATTR_TRACE_RULE_MODE,
    type: 'string',
    text: 'code',
    values: ['disabled', 'phase-only', 'full'],
    meaning: 'How much of the planning is traced.',
    spans,
    setBy: ['engine', 'exec-instrumentation'],
  },
  {
    key: ATTR_TRACE_CUSTOM_FIELDS_JSON,
    type: 'string',
    text: 'data',
    meaning:
      'The custom span fields as a JSON object with sorted keys. Each field is also on the span under its own key.',
    spans: ['run', 'query', 'operator', 'custom'],
    setBy: ['engine', 'exec-instrumentation', 'duckdb'],
  },
];
