import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { HEATS, type Heat } from '../plan/plan-measures.ts';
import { OperatorPanel } from './operator-panel.tsx';
import type { ViewProps } from './page-data.ts';
import { PlanGraph } from './plan-graph.tsx';

/** The operators as a graph, beside what is known of one of them, or of those that cost most. */
export function PlanView({ opened, location, go }: ViewProps): JSX.Element {
  const measured = useMemo(() => (Object.keys(HEATS) as Heat[]).filter((heat) => opened.plan.most[heat] > 0), [opened]);
  const [chosen, setHeat] = useState<Heat>('compute');
  const heat = measured.includes(chosen) ? chosen : (measured[0] ?? 'compute');
  const [small, setSmall] = useState(true);
  const select = (operator: string | undefined): void => go({ operator });
  return (
    <div class="split">
      <div class="plan-side">
        <div class="tools">
          <fieldset class="segments">
            <legend class="unseen">Colour by</legend>
            {measured.map((each) => (
              <label key={each}>
                <input type="radio" name="heat" checked={each === heat} onChange={() => setHeat(each)} />
                <span>{HEATS[each].label}</span>
              </label>
            ))}
          </fieldset>
          <label class="check">
            <input type="checkbox" checked={small} onChange={({ currentTarget }) => setSmall(currentTarget.checked)} />
            cheap operators small
          </label>
        </div>
        <PlanGraph opened={opened} heat={heat} small={small} selected={location.operator} onSelect={select} />
      </div>
      <OperatorPanel opened={opened} heat={heat} selected={location.operator} onSelect={select} go={go} />
    </div>
  );
}
