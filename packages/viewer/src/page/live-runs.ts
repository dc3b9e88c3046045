import { useEffect, useState } from 'preact/hooks';
import type { PageRun } from '../finding.ts';
import { forgetRun, keepRun } from './page-data.ts';
import { type RunSummary, summarizeRun } from './run-summary.ts';

/** The runs of a page, to which new ones may come. */
export interface LiveRuns {
  /** By index, which a run keeps; undefined for a run that was forgotten. */
  readonly summaries: readonly (RunSummary | undefined)[];
  /** Number of runs with which the page began; those after them came while it was open. */
  readonly initial: number;
  /** Whether new runs come; undefined on a page that gets none. */
  readonly isConnected: boolean | undefined;
}

/** Runs that came while the page was open and that are kept; the oldest of more is forgotten. */
const MOST_RECEIVED = 500;

/**
 * Adds the runs that come by server-sent events.
 *
 * @param events path of the events; undefined if there are none
 */
export function useLiveRuns(initial: readonly RunSummary[], events: string | undefined): LiveRuns {
  const [summaries, setSummaries] = useState<LiveRuns['summaries']>(initial);
  const [isConnected, setConnected] = useState(events === undefined ? undefined : false);
  useEffect(() => {
    if (events === undefined) return;
    const source = new EventSource(events);
    source.onopen = () => setConnected(true);
    // The browser connects again by itself.
    source.onerror = () => setConnected(false);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      setSummaries((known) => withRun(known, initial.length, data));
    };
    return () => source.close();
  }, []);
  return { summaries, initial: initial.length, isConnected };
}

function withRun(known: LiveRuns['summaries'], initial: number, text: string): LiveRuns['summaries'] {
  const summary = summarizeRun(JSON.parse(text) as PageRun);
  const next = [...known];
  const at = known.findIndex((other) => other?.id === summary.id);
  const index = at < 0 ? known.length : at;
  next[index] = summary;
  keepRun(index, text);
  const oldest = index - MOST_RECEIVED;
  if (oldest >= initial && next[oldest] !== undefined) {
    next[oldest] = undefined;
    forgetRun(oldest);
  }
  return next;
}
