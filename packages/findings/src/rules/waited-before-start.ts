import { durationText, percent } from '@planscope/internal/quantity';
import { METRIC_WAIT_TIME } from '@planscope/semconv';
import { defineRule, type Match, type Rule } from '../rule.ts';
import { metricOf, type RunView } from '../run-view.ts';

export const waitedBeforeStart: Rule = defineRule({
  code: 'waited-before-start',
  title: 'Time went by before the engine began',
  meaning:
    "A query waited for a connection, a thread of libuv's pool, the event loop, a queue or machines for a large part of its duration.",
  advice:
    'Run fewer queries at a time, give each a connection of its own, or raise `UV_THREADPOOL_SIZE` (default 4) above the number of queries at a time.',
  thresholds: {
    share: { value: 0.25, unit: '1', reason: 'Below a quarter, the query itself is the better place to look.' },
    time: {
      value: 100_000_000,
      unit: 'ns',
      reason:
        'A turn of a busy event loop takes some milliseconds, and on a machine that is shared some tens; 100 ms are more than noise.',
    },
  },
  *check(view, { share: least, time: shortest }) {
    for (const match of [...ofQueries(view), ...ofRun(view)]) {
      if (match.share >= least && (match.evidence[0].value ?? 0) >= shortest) yield match;
    }
  },
});

function* ofQueries({ run }: RunView): Generator<Match> {
  for (const query of run.queries) {
    const waited = metricOf(query, METRIC_WAIT_TIME)?.value;
    const { duration } = query.timing;
    if (waited !== undefined && duration !== undefined && duration > 0) yield matchOf(waited, duration, query.id);
  }
}

/** Phases before planning, which a queueing engine reports for the run. */
function* ofRun({ run }: RunView): Generator<Match> {
  const { waiting } = run.totals;
  if (waiting === undefined || run.duration === undefined || run.duration === 0) return;
  if (run.queries.some((query) => metricOf(query, METRIC_WAIT_TIME) !== undefined)) return;
  yield matchOf(waiting.value, run.duration, undefined);
}

function matchOf(waited: number, duration: number, queryId: string | undefined): Match {
  return {
    queryId,
    explanation: `${durationText(waited)} of ${durationText(duration)} (${percent(waited / duration)}) went by before the engine worked on the query.`,
    evidence: [
      { name: 'time waited', value: waited, unit: 'ns', source: 'measured' },
      { name: 'duration', value: duration, unit: 'ns', source: 'measured' },
    ],
    share: waited / duration,
    shareOf: 'duration',
  };
}
