import type { TracingConfig } from '@planscope/config';
import { SPAN_EXECUTE } from '@planscope/semconv';
import { spanFilterOf } from './span-filter-of.ts';
import { spanLevels } from './span-levels.ts';

/** Whether runs of a configuration have a span of their own. */
export function tracesRuns(config: TracingConfig): boolean {
  return config.enabled && spanFilterOf(config).enables('run', SPAN_EXECUTE, spanLevels.run);
}
