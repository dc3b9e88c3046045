import type { SpanLevel } from '@planscope/config';

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
