import { printableLine, printableText } from '@planscope/internal/printable-text';
import { duration, quantity, quantityText } from '@planscope/internal/quantity';
import type { Run, Totals } from '@planscope/run-model';
import type { ComponentChildren, JSX } from 'preact';
import { runTitle } from '../text/run-title.ts';
import { AboutRun } from './about-run.tsx';
import { Amount, SOURCES } from './amount.tsx';
import type { ViewProps } from './page-data.ts';
import type { View } from './page-location.ts';
import { PlanView } from './plan-view.tsx';
import { PlanningView } from './planning-view.tsx';
import { StatusMark, startText } from './run-list.tsx';
import { SqlView } from './sql-view.tsx';
import { OperatorTable, StageTables, StorageTables } from './tables.tsx';
import { TimelineView } from './timeline-view.tsx';

const TITLES: Readonly<Record<View, string>> = {
  plan: 'Plan',
  timeline: 'Timeline',
  operators: 'Operators',
  storage: 'Reads and writes',
  planning: 'Planning',
  stages: 'Stages',
  sql: 'SQL',
  run: 'About',
};

/** The views that a run has something for. */
export function viewsOf(run: Run): readonly View[] {
  const has: Readonly<Record<View, boolean>> = {
    plan: run.operators.length > 0,
    timeline: true,
    operators: run.operators.length > 0,
    storage: run.calls.length > 0,
    planning: run.phases.length > 0,
    stages: run.stages.length > 0,
    sql: run.queries.some(({ text }) => text !== undefined),
    run: true,
  };
  return (Object.keys(has) as View[]).filter((view) => has[view]);
}

export function RunView(props: ViewProps): JSX.Element {
  const { opened, location, go } = props;
  const views = viewsOf(opened.run);
  const view = views.includes(location.view) ? location.view : (views[0] as View);
  const content: Readonly<Record<View, () => JSX.Element>> = {
    plan: () => <PlanView {...props} />,
    timeline: () => <TimelineView {...props} />,
    operators: () => <OperatorTable {...props} />,
    storage: () => <StorageTables {...props} />,
    planning: () => <PlanningView {...props} />,
    stages: () => <StageTables {...props} />,
    sql: () => <SqlView {...props} />,
    run: () => <AboutRun {...props} />,
  };
  const turn = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = views[(views.indexOf(view) + step + views.length) % views.length] as View;
    go({ view: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <>
      <RunHead run={opened.run} />
      <div role="tablist" aria-label="Views" class="tabs">
        {views.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === view}
            aria-controls="view"
            tabIndex={each === view ? 0 : -1}
            onClick={() => go({ view: each })}
            onKeyDown={turn}
          >
            {TITLES[each]}
          </button>
        ))}
      </div>
      <section id="view" role="tabpanel" aria-labelledby={`tab-${view}`} class={`view view-${view}`}>
        {content[view]()}
      </section>
    </>
  );
}

/** The totals in the order in which one asks, with short names. */
const TOTALS: readonly (readonly [key: keyof Totals, label: string])[] = [
  ['compute', 'compute'],
  ['planning', 'planning'],
  ['waiting', 'waiting'],
  ['outputRows', 'output'],
  ['scannedRows', 'scanned'],
  ['bytesRead', 'read'],
  ['storeBytesRead', 'fetched'],
  ['bytesWritten', 'written'],
  ['storeBytesWritten', 'uploaded'],
  ['bytesFromCache', 'from cache'],
  ['readRequests', 'reads'],
  ['httpRequests', 'HTTP'],
  ['httpRetries', 'retried'],
  ['peakMemory', 'peak memory'],
  ['spilledBytes', 'spilled'],
];

function RunHead({ run }: { readonly run: Run }): JSX.Element {
  const totals = TOTALS.flatMap(([key, label]) => {
    const metric = run.totals[key];
    // Zero says something of a result, and nothing of retries or spilling.
    return metric === undefined || (metric.value === 0 && key !== 'outputRows') ? [] : [{ key, label, metric }];
  });
  const where = [
    startText(run.start),
    run.service,
    ...run.queries.slice(0, 1).map(({ system, version }) => [system, version].filter(Boolean).join(' ')),
    ...Object.entries(run.fields).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].filter((part): part is string => part !== undefined && part !== '');
  return (
    <header class="run-head">
      <h1>
        <StatusMark status={run.status} /> <span class="text">{runTitle(run)}</span>
      </h1>
      <p class="quiet where">
        {where.map((part, index) => (
          <span key={index}>{printableLine(part)}</span>
        ))}
      </p>
      {run.error !== undefined && (
        <p class="failure" role="alert">
          <strong>{printableLine(run.error.code ?? run.error.type ?? 'Failed')}</strong>{' '}
          <span>{printableText(run.error.message ?? '')}</span>
        </p>
      )}
      {run.partial && (
        <p class="note">
          A part of this run is missing, or was measured before its end; <em>About</em> says what.
        </p>
      )}
      <dl class="totals">
        <Total label={run.basis === 'execution_window' ? 'window' : 'duration'}>
          <Amount value={run.duration} as={duration} />
        </Total>
        {totals.map(({ key, label, metric }) => (
          <Total
            key={key}
            label={label}
            title={`${quantityText(quantity(metric.value, metric.unit))}, ${SOURCES[metric.source]}`}
          >
            <Amount value={metric.value} unit={metric.unit} />
          </Total>
        ))}
      </dl>
    </header>
  );
}

function Total(props: {
  readonly label: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div title={props.title}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
