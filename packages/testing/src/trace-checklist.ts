import { ATTR_RUN_STATUS, ATTR_SPAN_KIND, ATTR_TIMING_BASIS } from '@planscope/semconv';
import type { RecordedSpan } from './recorded-span.ts';
import { type InvariantOptions, traceViolations } from './trace-invariants.ts';

/**
 * Checks the spans of a run before an engine adapter is published: the invariants of every trace, how the run
 * and each live operator ended, and how the times of each span came about.
 *
 * @param spans all spans of the run, including the engine's root
 * @returns one sentence for each fault; empty if there is none
 */
export function traceChecklist(spans: readonly RecordedSpan[], options: InvariantOptions = {}): string[] {
  if (spans.length === 0) return ['there is no span'];
  return [...traceViolations(spans, options), ...spans.flatMap(missingAttributes)];
}

function missingAttributes({ name, attributes }: RecordedSpan): string[] {
  const wanted = [ATTR_TIMING_BASIS, ...(hasStatus(attributes) ? [ATTR_RUN_STATUS] : [])];
  return wanted.filter((key) => attributes[key] === undefined).map((key) => `span "${name}": ${key} is not set`);
}

/** A reported operator has the status of the operator that ran its engine. */
function hasStatus(attributes: RecordedSpan['attributes']): boolean {
  const { [ATTR_SPAN_KIND]: kind, [ATTR_TIMING_BASIS]: basis } = attributes;
  return kind === 'run' || kind === 'query' || (kind === 'operator' && basis === 'measured');
}
