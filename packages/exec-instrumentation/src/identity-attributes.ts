import type { Attributes } from '@opentelemetry/api';
import type { RunIdentity } from '@planscope/plan';
import {
  ATTR_OPERATOR_NAME,
  ATTR_RUN_ID,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_TRACE_PROFILE,
  ATTR_TRACE_RULE_MODE,
  ATTR_TRACE_RULEPACK,
  ATTR_TRACE_SPEC_HASH,
  type TimingBasis,
} from '@planscope/semconv';
import type { OperatorSpanOptions } from './instrumentation-options.ts';

/** What every operator span says from its start, so that a sampler sees it: what it is and which run it belongs to. */
export function identityAttributes(
  operator: string,
  basis: TimingBasis,
  run: RunIdentity,
  customFields: OperatorSpanOptions['customFields'],
): Attributes {
  const fields = { ...customFields, ...run.customFields };
  const names = Object.keys(fields).sort();
  return {
    ...fields,
    ...(names.length === 0 ? {} : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(fields, names) }),
    [ATTR_SPAN_KIND]: 'operator',
    [ATTR_TIMING_BASIS]: basis,
    [ATTR_OPERATOR_NAME]: operator,
    [ATTR_RUN_ID]: run.runId,
    ...(run.specHash === undefined ? {} : { [ATTR_TRACE_SPEC_HASH]: run.specHash }),
    ...(run.rulepackFingerprint === undefined ? {} : { [ATTR_TRACE_RULEPACK]: run.rulepackFingerprint }),
    ...(run.profile === undefined ? {} : { [ATTR_TRACE_PROFILE]: run.profile }),
    ...(run.ruleMode === undefined ? {} : { [ATTR_TRACE_RULE_MODE]: run.ruleMode }),
  };
}
