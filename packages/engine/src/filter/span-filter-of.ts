import { parseFilter, type SpanFilter, type TracingConfig } from '@planscope/config';

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
