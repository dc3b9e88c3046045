import { parseFilter, type SpanFilter, type SpanLevel, type TracingConfig } from '@planscope/config';
import type { StorageSpanPredicate } from '@planscope/object-store';
import { SPAN_EXECUTE } from '@planscope/semconv';

/**
 * How much detail each kind of span is. What a field of the configuration switches by itself, as `ruleMode` does, is
 * `info`, so that switching it on is enough to see it. Storage spans say their own level: `info`, `debug` for a part of
 * an upload, `error` for a part that failed unseen.
 */
export const spanLevels: Readonly<Record<'run' | 'phase' | 'rule' | 'operator' | 'custom', SpanLevel>> = {
  // The one span that says how a run went is the last to go.
  run: 'warn',
  phase: 'info',
  rule: 'info',
  operator: 'info',
  custom: 'info',
};

const filters = new WeakMap<TracingConfig, SpanFilter>();

/** The filter of a configuration, read once, so that all of a run shares what it remembers. */
export function spanFilterOf(config: TracingConfig): SpanFilter {
  let filter = filters.get(config);
  if (filter === undefined) {
    filter = parseFilter(config.filter);
    filters.set(config, filter);
  }
  return filter;
}

/** Which storage spans a configuration lets through. */
export function storageSpans(config: TracingConfig): StorageSpanPredicate {
  const filter = spanFilterOf(config);
  return (name, level) => filter.enables('storage', name, level);
}

/** Whether runs of a configuration have a span of their own. */
export function tracesRuns(config: TracingConfig): boolean {
  return config.enabled && spanFilterOf(config).enables('run', SPAN_EXECUTE, spanLevels.run);
}
