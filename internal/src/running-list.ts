import { addRunningQueries, type RunningQuery } from '@planscope/semconv';

/** What is kept of a running query. */
export interface RunningEntry {
  /** When it was sent, by `performance.now()`. */
  readonly start: number;
  readonly describe: () => Pick<RunningQuery, 'summary' | 'operation'>;
  /** What the engine tells of it now. */
  readonly progress: () => Omit<RunningQuery, 'engine' | 'summary' | 'operation' | 'seconds'>;
}

/** The running queries of an engine in this process. */
export interface RunningList {
  /** @returns ends the entry; safe to call twice */
  add(entry: RunningEntry): () => void;
  /** The oldest first. */
  queries(): RunningQuery[];
}

/**
 * The list of an engine, which `allRunningQueries` of `@planscope/semconv` reads. All copies of a package share it, because
 * one process may load a package twice, as ESM and as CommonJS.
 */
export function runningList(engine: string): RunningList {
  const key = Symbol.for(`planscope.${engine}.running-queries.2`);
  const holder = globalThis as { [key: symbol]: Set<RunningEntry> | undefined };
  const running = holder[key] ?? new Set<RunningEntry>();
  holder[key] = running;
  const queries = (): RunningQuery[] => {
    const now = performance.now();
    return [...running].map(({ start, describe, progress }) => {
      const { summary, operation } = describe();
      return { engine, summary, operation, seconds: (now - start) / 1000, ...progress() };
    });
  };
  addRunningQueries(key, queries);
  return {
    add(entry) {
      running.add(entry);
      return () => running.delete(entry);
    },
    queries,
  };
}
