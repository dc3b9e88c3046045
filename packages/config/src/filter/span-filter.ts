/** How much detail a span is; Planscope's own spans are `info` unless they say otherwise. */
export type SpanLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Levels from the most to the least verbose; a directive of a level passes that level and all after it. */
export const SPAN_LEVELS: readonly SpanLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** What a directive lets through; `off` lets nothing through. */
export type FilterLevel = SpanLevel | 'off';

/** One directive; without a target it sets the level of everything that no other directive matches. */
export interface FilterDirective {
  /** Kind of the spans it matches; absent for any kind. */
  readonly kind?: string;
  /** Operator, rule, phase, store, or `store.operation`; absent for any name. */
  readonly name?: string;
  readonly level: FilterLevel;
}

/** Decides, before a span is made, whether it is made. */
export interface SpanFilter {
  readonly directives: readonly FilterDirective[];
  /**
   * Whether to make a span; without it, its children attach to its parent.
   *
   * @param kind the span's `planscope.span.kind`
   * @param name the operator, the rule without its suffix, the phase, or `store.operation` of a storage span
   * @param level how much detail the span is; default `info`
   */
  enables(kind: string, name: string, level?: SpanLevel): boolean;
}

/** Most names whose result the filter caches, so that generated names cannot make it grow. */
const MAX_REMEMBERED = 2048;

const rank: Readonly<Record<FilterLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, off: 5 };

/** A filter from directives; the most specific one decides, and of equally specific ones the last. */
export function createSpanFilter(directives: readonly FilterDirective[]): SpanFilter {
  const levels = new Map(directives.map(({ kind, name, level }) => [key(kind, name), rank[level]]));
  const fallback = levels.get(key()) ?? rank.info;
  const remembered = new Map<string, Map<string, number>>();
  let size = 0;

  function least(kind: string, name: string): number {
    const known = remembered.get(kind)?.get(name);
    if (known !== undefined) return known;
    const store = kind === 'storage' ? name.slice(0, Math.max(0, name.lastIndexOf('.'))) : '';
    const found =
      levels.get(key(kind, name)) ??
      levels.get(key(undefined, name)) ??
      (store === '' ? undefined : (levels.get(key(kind, store)) ?? levels.get(key(undefined, store)))) ??
      levels.get(key(kind)) ??
      fallback;
    if (size < MAX_REMEMBERED) {
      size += 1;
      const names = remembered.get(kind) ?? new Map<string, number>();
      remembered.set(kind, names.set(name, found));
    }
    return found;
  }

  const onlyFallback = levels.size === 0 || (levels.size === 1 && levels.has(key()));
  return {
    directives,
    enables: onlyFallback
      ? (_kind, _name, level = 'info') => rank[level] >= fallback
      : (kind, name, level = 'info') => rank[level] >= least(kind, name),
  };
}

function key(kind = '', name = ''): string {
  return `${kind}::${name}`;
}
