import { parseFilter, type SpanFilter, type SpanLevel, type TracingConfig } from '@planscope/config';
import type { StorageSpanPredicate } from '@planscope/object-store';
import { SPAN_EXECUTE } from '@planscope/semconv';

/**
 * The level of each kind of span. Kinds with their own configuration field, such as `ruleMode`, are `info`, so that
 * setting the field is enough to see them. Storage spans have their own levels: `info`, `debug` for a part of an
 * upload, `error` for a part that failed without failing the upload.
 */
export const spanLevels: Readonly<Record<'run' | 'phase' | 'rule' | 'operator' | 'custom', SpanLevel>> = {
  // The span with the status of a run remains at a higher level than the others.
  run: 'warn',
  phase: 'info',
  rule: 'info',
  operator: 'info',
  custom: 'info',
};

const filters = new WeakMap<TracingConfig, SpanFilter>();

/** The filter of a configuration. It is parsed once, so that all parts of a run share its cache. */
export function spanFilterOf(config: TracingConfig): SpanFilter {
  let filter = filters.get(config);
  if (filter === undefined) {
    filter = parseFilter(config.filter);
    filters.set(config, filter);
  }
  return filter;
}

/** The storage spans that a configuration enables. */
export function storageSpans(config: TracingConfig): StorageSpanPredicate {
  const filter = spanFilterOf(config);
  return (name, level) => filter.enables('storage', name, level);
}

/** Whether runs with a configuration have a root span. */
export function tracesRuns(config: TracingConfig): boolean {
  return config.enabled && spanFilterOf(config).enables('run', SPAN_EXECUTE, spanLevels.run);
}
