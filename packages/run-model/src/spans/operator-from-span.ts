import { present } from '@planscope/internal/present';
import {
  ATTR_DATAFUSION_NODE,
  ATTR_DATAFUSION_PREVIEW,
  ATTR_DATAFUSION_PREVIEW_ROWS,
  ATTR_OPERATOR_ID,
  ATTR_OPERATOR_INPUT_STAGES,
  ATTR_OPERATOR_NAME,
  ATTR_PARTIAL,
  ATTR_STAGE_ID,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_WARNING_CODES,
} from '@planscope/semconv';
import { parseFields } from '../operator-fields.ts';
import { operatorKind } from '../operator-kind.ts';
import { operatorNumbers } from '../operator-numbers.ts';
import type { AttributeValues, Operator } from '../run.ts';
import { isSharedKey } from '../shared-key.ts';
import { errorOf, metricsOf, numberOf, statusOf, textOf, textsOf, timingOf } from './span-attributes.ts';
import { plainAttributes, type TraceAttributes, type TraceSpan } from './trace-span.ts';

/** @param start of the run */
export function operatorFromSpan(
  span: TraceSpan,
  start: bigint,
  above: { readonly operatorId?: string; readonly queryId?: string; readonly stageId?: string },
): Operator {
  const { spanId, attributes } = span;
  const name = textOf(attributes, ATTR_OPERATOR_NAME) ?? span.name;
  // Only a report gives its operators ids.
  const reportId = textOf(attributes, ATTR_OPERATOR_ID);
  const origin = reportId === undefined ? 'node' : 'engine';
  const description = textOf(attributes, ATTR_DATAFUSION_NODE);
  const fields = description === undefined ? [] : parseFields(name, description);
  const metrics = metricsOf(attributes, origin === 'node');
  const preview = textOf(attributes, ATTR_DATAFUSION_PREVIEW);
  const parentId = above.operatorId;
  const queryId = origin === 'engine' ? above.queryId : undefined;
  const stageId = textOf(attributes, ATTR_STAGE_ID) ?? above.stageId;
  return {
    id: spanId,
    spanId,
    ...present({ reportId }),
    name,
    kind: operatorKind(name, fields, origin),
    origin,
    ...present({ parentId, queryId, stageId }),
    inputIds: [],
    inputStageIds: textsOf(attributes, ATTR_OPERATOR_INPUT_STAGES),
    ...present({ description }),
    fields,
    details: engineAttributes(attributes),
    timing: timingOf(span, start),
    ...present({ status: statusOf(span), error: errorOf(span) }),
    partial: attributes.get(ATTR_PARTIAL) === true,
    ...operatorNumbers(metrics),
    metrics,
    ...(preview === undefined
      ? {}
      : { preview: { text: preview, ...present({ rows: numberOf(attributes, ATTR_DATAFUSION_PREVIEW_ROWS) }) } }),
    warningCodes: textsOf(attributes, ATTR_WARNING_CODES),
  };
}

/** The engine's own attributes: neither in the shared registry nor fields of the program. */
function engineAttributes(attributes: TraceAttributes): AttributeValues {
  const json = textOf(attributes, ATTR_TRACE_CUSTOM_FIELDS_JSON) ?? '';
  return plainAttributes([...attributes].filter(([key]) => !isSharedKey(key) && !json.includes(JSON.stringify(key))));
}
