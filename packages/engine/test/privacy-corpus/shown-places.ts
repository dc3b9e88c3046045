import { duckdbSchema } from '@planscope/duckdb';
import { findAttribute, sharedSchema, type TextKind, textAttributes } from '@planscope/semconv';

/** The kind of text that a part of a span is, by the registry; `number` of a number, `unregistered` of what no registry names. */
export type PlaceKind = TextKind | 'number' | 'unregistered';

/** A text of a span, and what it is. */
export interface ShownText {
  readonly kind: PlaceKind;
  readonly place: string;
  readonly text: string;
}

const schemas = [sharedSchema, duckdbSchema];
const textOf = textAttributes(schemas);
const attributes = schemas.flatMap((schema) => schema.attributes);

interface OtlpValue {
  readonly stringValue?: string;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
  readonly [type: string]: unknown;
}
interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}
interface OtlpSpan {
  readonly name: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly links?: readonly unknown[];
  readonly status?: { readonly message?: string };
}
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource?: unknown;
    readonly scopeSpans: readonly { readonly scope?: unknown; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** All that one export request in OTLP JSON says, piece by piece. */
export function shownTexts(request: string): ShownText[] {
  const { resourceSpans } = JSON.parse(request) as OtlpRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => [
    { kind: 'unregistered' as const, place: 'resource', text: JSON.stringify(resource) },
    ...scopeSpans.flatMap(({ scope, spans }) => [
      { kind: 'unregistered' as const, place: 'scope', text: JSON.stringify(scope) },
      ...spans.flatMap(textsOfSpan),
    ]),
  ]);
}

function textsOfSpan({ name, attributes: own = [], events = [], links = [], status }: OtlpSpan): ShownText[] {
  const isQuery = own.some(({ key, value }) => key === 'planscope.span.kind' && value.stringValue === 'query');
  return [
    { kind: isQuery ? 'identifier' : 'code', place: 'name', text: name },
    ...own.map(({ key, value }): ShownText => ({ kind: kindOf(key), place: key, text: textIn(value) })),
    { kind: 'message', place: 'status', text: status?.message ?? '' },
    ...events.map((event): ShownText => ({ kind: 'message', place: event.name, text: JSON.stringify(event) })),
    { kind: 'unregistered', place: 'links', text: JSON.stringify(links) },
  ];
}

function kindOf(key: string): PlaceKind {
  const definition = textOf(key);
  if (definition !== undefined) return definition.text;
  return findAttribute(key, attributes) === undefined ? 'unregistered' : 'number';
}

function textIn(value: OtlpValue): string {
  const { stringValue, arrayValue } = value;
  if (stringValue !== undefined) return stringValue;
  return arrayValue === undefined ? JSON.stringify(value) : (arrayValue.values ?? []).map(textIn).join('\n');
}
