import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** What the comments of statements have besides the trace context. */
export interface SqlComments {
  /** Values by name, for example `{ application: 'reports' }`. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Adds a comment in the form of sqlcommenter (https://google.github.io/sqlcommenter/spec): sorted keys, URL-encoded
 * values. It has a line of its own, so that DuckDB's parser quotes the same line in its errors and a line comment before
 * it ends.
 *
 * @returns the statement unchanged if it has a comment, or quotes that may not be closed
 */
export function withSqlComment(sql: string, { tags = {} }: SqlComments, span: SpanContext | undefined): string {
  if (sql.includes('/*') || sql.trim() === '' || hasOpenQuotes(sql)) return sql;
  const values = { ...tags, ...(span !== undefined && isSpanContextValid(span) ? traceContext(span) : {}) };
  const pairs = Object.entries(values).map(([key, value]) => `${encode(key)}='${encode(value)}'`);
  return pairs.length === 0 ? sql : `${sql}\n/*${pairs.sort().join(',')}*/`;
}

function traceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): Record<string, string> {
  const flags = traceFlags.toString(16).padStart(2, '0');
  const state = traceState?.serialize() ?? '';
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(state === '' ? {} : { tracestate: state }) };
}

/** Also encodes the characters that end a string or a comment. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

/** An odd number may be a quote that is not closed, or one that is within other quotes: the comment is then left out. */
function hasOpenQuotes(sql: string): boolean {
  return ["'", '"', '$$'].some((quote) => (sql.split(quote).length - 1) % 2 === 1);
}
