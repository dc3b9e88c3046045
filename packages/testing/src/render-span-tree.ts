import { SpanStatusCode } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_TIMING_BASIS } from '@planscope/semconv';
import type { RecordedSpan } from './recorded-span.ts';
import { type SpanNode, spanForest } from './span-forest.ts';

/** What a rendered tree shows of each span besides its name. */
export interface RenderOptions {
  /** Attribute keys to show, each exact or ending in `*`; default none. */
  readonly attributes?: readonly string[];
  /** Returns true for spans to leave out, with everything below them. */
  readonly hide?: (span: RecordedSpan) => boolean;
}

/**
 * One indented line for each span, siblings in start order: a snapshot that reads as a specification.
 *
 * A basis other than `measured` follows the name as `~basis`, an error as `!error.type`, links as `→ name`. Times and
 * ids are left out, because they differ between runs.
 */
export function renderSpanTree(spans: readonly RecordedSpan[], options: RenderOptions = {}): string {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const lines: string[] = [];
  const visit = ({ span, children }: SpanNode, depth: number): void => {
    if (options.hide?.(span)) return;
    lines.push(
      '  '.repeat(depth) + [span.name, ...marks(span, names), ...shown(span, options.attributes ?? [])].join(' '),
    );
    for (const child of children) visit(child, depth + 1);
  };
  for (const root of spanForest(spans)) visit(root, 0);
  return lines.join('\n');
}

function marks(span: RecordedSpan, names: ReadonlyMap<string, string>): string[] {
  const basis = span.attributes[ATTR_TIMING_BASIS];
  return [
    ...(basis === undefined || basis === 'measured' ? [] : [`~${basis}`]),
    ...(span.status.code === SpanStatusCode.ERROR ? [`!${span.attributes[ATTR_ERROR_TYPE] ?? 'error'}`] : []),
    ...span.links.map((link) => `→ ${names.get(link.context.spanId) ?? 'elsewhere'}`),
  ];
}

function shown(span: RecordedSpan, keys: readonly string[]): string[] {
  const matches = (key: string): boolean =>
    keys.some((wanted) => (wanted.endsWith('*') ? key.startsWith(wanted.slice(0, -1)) : key === wanted));
  return Object.keys(span.attributes)
    .filter(matches)
    .sort()
    .map((key) => `${key}=${display(span.attributes[key])}`);
}

function display(value: unknown): string {
  return typeof value === 'string' && !/[\s="]/.test(value) ? value : JSON.stringify(value);
}
