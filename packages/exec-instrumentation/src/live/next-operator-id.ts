import type { RunIdentity } from '@planscope/plan';

// One process may load this package twice, as ESM and as CommonJS; a run counts its operators once.
const key = Symbol.for('planscope.exec-instrumentation.operator-counts');
const holder = globalThis as { [key]?: WeakMap<RunIdentity, number> };
holder[key] ??= new WeakMap();
const counts: WeakMap<RunIdentity, number> = holder[key];

/** An id that no other operator of the run has. */
export function nextOperatorId(run: RunIdentity): string {
  const number = (counts.get(run) ?? 0) + 1;
  counts.set(run, number);
  return `operator-${number}`;
}
