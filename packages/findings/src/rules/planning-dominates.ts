import { durationText, percent } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

export const planningDominates: Rule = defineRule({
  code: 'planning-dominates',
  title: 'Planning took longer than running',
  meaning:
    'Planning took more than half of the time in which the engine worked. The time before that, in queues or for threads, does not count.',
  advice:
    'Prepare the statement once and run it with parameters; read fewer files or list them explicitly, because each file is opened to plan; or leave out optimizers that change nothing.',
  thresholds: {
    share: { value: 0.5, unit: '1', reason: 'Planning then takes longer than all the rest.' },
    time: {
      value: 20_000_000,
      unit: 'ns',
      reason: 'DuckDB 1.5 plans the 22 queries of TPC-H in 1 to 8 ms each.',
    },
  },
  *check({ run }, { share: least, time: shortest }) {
    const { planning } = run.totals;
    const { duration } = run;
    if (planning === undefined || duration === undefined || duration === 0) return;
    const worked = duration - (run.totals.waiting?.value ?? 0);
    if (planning.value < least * worked || planning.value < shortest) return;
    const share = planning.value / duration;
    const [query] = run.queries;
    yield {
      queryId: run.queries.length === 1 ? query?.id : undefined,
      explanation: `Planning took ${durationText(planning.value)} of ${durationText(duration)} (${percent(share)}).`,
      evidence: [
        { name: 'planning', value: planning.value, unit: 'ns', source: planning.source },
        { name: 'duration', value: duration, unit: 'ns', source: 'measured' },
      ],
      share,
      shareOf: 'duration',
    };
  },
});
