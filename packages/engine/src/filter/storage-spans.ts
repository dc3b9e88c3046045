import type { TracingConfig } from '@planscope/config';
import type { StorageSpanPredicate } from '@planscope/object-store';
import { spanFilterOf } from './span-filter-of.ts';

/** Which storage spans a configuration lets through. */
export function storageSpans(config: TracingConfig): StorageSpanPredicate {
  const filter = spanFilterOf(config);
  return (name, level) => filter.enables('storage', name, level);
}
