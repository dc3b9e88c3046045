import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ExportMenu } from './export-menu.tsx';
import { KeyHelp } from './key-help.tsx';
import { useLiveRuns } from './live-runs.ts';
import { openRun } from './page-data.ts';
import { type PageLocation, readLocation, writeLocation } from './page-location.ts';
import { RunList } from './run-list.tsx';
import type { RunSummary } from './run-summary.ts';
import { RunView, viewsOf } from './run-view.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The whole page. What it shows is in its address, so that every state can be linked to. */
export function App({
  initial,
  events,
}: {
  readonly initial: readonly RunSummary[];
  /** Path of the events that bring new runs. */
  readonly events: string | undefined;
}): JSX.Element {
  const runs = useLiveRuns(initial, events);
  const { summaries, isConnected } = runs;
  const count = summaries.reduce((sum, summary) => (summary === undefined ? sum : sum + 1), 0);
  const [location, setLocation] = useState<PageLocation>(() => readLocation(window.location.hash));
  const [listed, setListed] = useState((initial.length > 1 || events !== undefined) && window.innerWidth > 700);
  const help = useRef<HTMLDialogElement>(null);
  const index = Math.max(
    0,
    location.run === undefined ? 0 : summaries.findIndex((summary) => summary?.id === location.run),
  );
  const summary = summaries[index];
  const opened = useMemo(() => (summary === undefined ? undefined : openRun(index)), [index, summary]);

  const go = (change: Partial<PageLocation>): void => {
    const next = { ...location, ...(summary === undefined ? {} : { run: summary.id }), ...change };
    setLocation(next);
    // Some browsers refuse this on pages that are opened as a file within another.
    try {
      window.history.replaceState(null, '', writeLocation(next));
    } catch {
      // The page works without its address.
    }
  };
  const openAt = (to: number): void => {
    const run = summaries[to]?.id;
    if (run !== undefined) go({ run, operator: undefined, span: undefined });
  };

  useEffect(() => {
    const follow = (): void => setLocation(readLocation(window.location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, select, textarea');
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== 'Escape')) return;
      const views = opened === undefined ? [] : viewsOf(opened.run);
      const view = views[Number(event.key) - 1];
      if (event.key === '/') focusSearch();
      else if (event.key === '?') help.current?.showModal();
      else if (event.key === '[') openAt(index - 1);
      else if (event.key === ']') openAt(index + 1);
      else if (event.key === 'Escape' && isTyping) (target as HTMLElement).blur();
      else if (event.key === 'Escape' && help.current?.open !== true) go({ operator: undefined, span: undefined });
      else if (view !== undefined) go({ view });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });

  return (
    <div class={`page ${listed ? 'with-list' : ''}`}>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the run
      </a>
      <header class="top">
        {(count > 1 || events !== undefined) && (
          <button type="button" class="plain" aria-expanded={listed} onClick={() => setListed(!listed)}>
            <span aria-hidden="true">☰</span> {count} {count === 1 ? 'run' : 'runs'}
          </button>
        )}
        <span class="brand">Planscope</span>
        {isConnected !== undefined && (
          <span class={`live ${isConnected ? 'connected' : ''}`} role="status">
            {isConnected ? 'live' : 'not connected'}
          </span>
        )}
        <span class="grow" />
        {opened !== undefined && <ExportMenu opened={opened} />}
        <ThemeSwitch />
        <button type="button" class="plain" onClick={() => help.current?.showModal()} aria-label="Keyboard help">
          ?
        </button>
      </header>
      {listed && <RunList runs={runs} selected={index} onOpen={openAt} />}
      <main id="main" tabIndex={-1} aria-label={summary === undefined ? 'No run' : summary.name}>
        {opened === undefined ? (
          <p class="empty">
            {events === undefined ? 'This page has no runs.' : 'No run yet. Each appears here when it is complete.'}
          </p>
        ) : (
          <RunView key={index} opened={opened} location={location} go={go} />
        )}
      </main>
      <KeyHelp dialog={help} />
    </div>
  );
}

function focusSearch(): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input[type=search]')];
  const field = fields.find(({ offsetParent }) => offsetParent !== null);
  field?.focus();
  field?.select();
}

/** The address is the page's state, so that an anchor would overwrite it. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
