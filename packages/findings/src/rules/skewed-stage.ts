import { count, durationText } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

export const skewedStage: Rule = defineRule({
  code: 'skewed-stage',
  title: 'One task of a stage took far longer than the others',
  meaning:
    'The slowest task of a stage took a multiple of the median, and the stage waited for it. The share is the time after the median task in the duration of the query.',
  advice:
    'Look at the keys of the stage: split the most frequent one, aggregate before the exchange, or partition by another column. If the task read as much as the others, look at its host.',
  thresholds: {
    factor: {
      value: 3,
      unit: '1',
      reason: 'Spark starts a slow task a second time from 1.5 or 3 times the median, depending on its version.',
    },
    time: { value: 1_000_000_000, unit: 'ns', reason: 'Below a second, the start of the tasks decides.' },
    tasks: { value: 4, unit: '{task}', reason: 'Of three tasks there is no median to compare with.' },
  },
  *check({ run }, { factor, time: shortest, tasks: fewest }) {
    for (const { id, queryId, spread, taskCount, tasks } of run.stages) {
      const { median, most } = Object.hasOwn(spread, 'duration') ? (spread.duration ?? {}) : {};
      const number = taskCount ?? tasks.length;
      if (median === undefined || most === undefined || number < fewest) continue;
      if (most < factor * median || most - median < shortest) continue;
      const duration = run.queries.find((query) => query.id === queryId)?.timing.duration ?? run.duration;
      if (duration === undefined || duration === 0) continue;
      yield {
        queryId,
        stageId: id,
        explanation: `The slowest of ${count(number)} tasks took ${durationText(most)}, and the median ${durationText(median)}.`,
        evidence: [
          { name: 'slowest task', value: most, unit: 'ns', source: 'profile' },
          { name: 'median task', value: median, unit: 'ns', source: 'profile' },
          { name: 'tasks', value: number, unit: '{task}', source: 'profile' },
        ],
        share: (most - median) / duration,
        shareOf: 'duration',
      };
    }
  },
});
