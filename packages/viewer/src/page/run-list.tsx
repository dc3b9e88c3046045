import { duration } from '@planscope/internal/quantity';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Amount } from './amount.tsx';
import type { LiveRuns } from './live-runs.ts';
import type { RunSummary } from './run-summary.ts';
import { rowForKey, useVirtualRows } from './virtual-rows.ts';

interface Filters {
  readonly text: string;
  readonly status: string;
  /** Nanoseconds. */
  readonly least: number;
  readonly label: string;
  readonly found: boolean;
}

const NO_FILTERS: Filters = { text: '', status: '', least: 0, label: '', found: false };
const ROW_HEIGHT = 58;
const DURATIONS = [
  [0, 'any duration'],
  [1e7, '≥ 10 ms'],
  [1e8, '≥ 100 ms'],
  [1e9, '≥ 1 s'],
  [1e10, '≥ 10 s'],
  [6e10, '≥ 1 min'],
] as const;

/** All words of the search are in the name, a label, the SQL, an id or the error. */
function filterRuns(summaries: LiveRuns['summaries'], filters: Filters): number[] {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return summaries.flatMap((summary, index) => {
    if (summary === undefined) return [];
    const { name, status = 'unknown', duration: took = 0, labels, findings } = summary;
    const all = `${name} ${labels.join(' ')} ${summary.service ?? ''}`.toLowerCase();
    const fits =
      (filters.status === '' || filters.status === status) &&
      took >= filters.least &&
      (filters.label === '' || labels.includes(filters.label)) &&
      (!filters.found || findings > 0) &&
      words.every((word) => all.includes(word) || summary.words.includes(word));
    return fits ? [index] : [];
  });
}

export function RunList(props: {
  readonly runs: LiveRuns;
  readonly selected: number;
  readonly onOpen: (index: number) => void;
}): JSX.Element {
  const { runs, selected, onOpen } = props;
  const { summaries, initial } = runs;
  const known = useMemo(() => summaries.filter((summary) => summary !== undefined), [summaries]);
  const [filters, setFilters] = useState(NO_FILTERS);
  const [longest, setLongest] = useState(false);
  const labels = useMemo(() => [...new Set(known.flatMap((summary) => summary.labels))].sort().slice(0, 500), [known]);
  const statuses = useMemo(() => [...new Set(known.map(({ status = 'unknown' }) => status))].sort(), [known]);
  const shown = useMemo(() => {
    const found = filterRuns(summaries, filters);
    const took = (index: number): number => summaries[index]?.duration ?? -1;
    if (longest) return found.sort((one, other) => took(other) - took(one));
    // What came last is first; the runs with which the page began have their order.
    const arrived = found.filter((index) => index >= initial);
    return [...arrived.reverse(), ...found.filter((index) => index < initial)];
  }, [filters, longest, summaries]);
  const virtual = useVirtualRows(shown.length, ROW_HEIGHT);
  const change = (part: Partial<Filters>): void => setFilters({ ...filters, ...part });
  const at = shown.indexOf(selected);
  useEffect(() => virtual.reveal(at), [at]);

  return (
    <aside class="runs" aria-label="Runs">
      <search class="filters">
        <input
          type="search"
          placeholder="Search runs  /"
          aria-label="Search runs"
          value={filters.text}
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
        <div class="filter-row">
          <select
            aria-label="Status"
            value={filters.status}
            onChange={({ currentTarget }) => change({ status: currentTarget.value })}
          >
            <option value="">any status</option>
            {statuses.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </select>
          <select
            aria-label="Duration"
            value={filters.least}
            onChange={({ currentTarget }) => change({ least: Number(currentTarget.value) })}
          >
            {DURATIONS.map(([least, text]) => (
              <option key={least} value={least}>
                {text}
              </option>
            ))}
          </select>
        </div>
        {labels.length > 0 && (
          <select
            aria-label="Label"
            value={filters.label}
            onChange={({ currentTarget }) => change({ label: currentTarget.value })}
          >
            <option value="">any label or tenant</option>
            {labels.map((label) => (
              <option key={label} value={label}>
                {label}
              </option>
            ))}
          </select>
        )}
        <div class="filter-row">
          <label>
            <input
              type="checkbox"
              checked={filters.found}
              onChange={({ currentTarget }) => change({ found: currentTarget.checked })}
            />
            with findings
          </label>
          <label>
            <input
              type="checkbox"
              checked={longest}
              onChange={({ currentTarget }) => setLongest(currentTarget.checked)}
            />
            longest first
          </label>
        </div>
      </search>
      <p class="quiet shown" role="status">
        {shown.length === known.length ? `${shown.length} runs` : `${shown.length} of ${known.length} runs`}
      </p>
      <div class="list-scroll" ref={virtual.scroller}>
        <div
          role="listbox"
          aria-label="Runs"
          tabIndex={0}
          aria-activedescendant={at < 0 ? undefined : `listed-${selected}`}
          onKeyDown={(event) => {
            const to = rowForKey(event.key, at, shown.length);
            if (to === undefined) return;
            event.preventDefault();
            onOpen(shown[to] ?? 0);
          }}
        >
          <div style={{ height: `${virtual.above}px` }} />
          {shown.slice(virtual.first, virtual.end).map((index) => (
            <ListedRun
              key={index}
              id={`listed-${index}`}
              summary={summaries[index] as RunSummary}
              selected={index === selected}
              onOpen={() => onOpen(index)}
            />
          ))}
          <div style={{ height: `${virtual.below}px` }} />
        </div>
      </div>
    </aside>
  );
}

function ListedRun(props: {
  readonly id: string;
  readonly summary: RunSummary;
  readonly selected: boolean;
  readonly onOpen: () => void;
}): JSX.Element {
  const { id, summary, selected, onOpen } = props;
  const { name, status, findings, labels } = summary;
  return (
    <div id={id} role="option" aria-selected={selected} class="listed" onClick={onOpen}>
      <span class="listed-name">
        <StatusMark status={status} /> <span class="text">{name}</span>
      </span>
      <span class="listed-duration">
        <Amount value={summary.duration} as={duration} />
      </span>
      <span class="listed-more quiet">
        {[startText(summary.start).slice(5), ...labels].filter(Boolean).join(' · ')}
      </span>
      {findings > 0 && (
        <span class="count" title={`${findings} findings`}>
          {findings}
        </span>
      )}
    </div>
  );
}

/** A sign beside colour, so that it is told without it. */
export function StatusMark({ status }: { readonly status: RunSummary['status'] }): JSX.Element {
  const [sign, word] =
    status === 'ok'
      ? ['✓', 'ok']
      : status === 'error'
        ? ['✕', 'failed']
        : status === 'cancelled'
          ? ['◼', 'cancelled']
          : ['?', 'status unknown'];
  return (
    <span class={`status ${status ?? 'unknown'}`} role="img" aria-label={word} title={word}>
      {sign}
    </span>
  );
}

/** Nanoseconds since the epoch as local date and time. */
export function startText(start: string | undefined): string {
  if (start === undefined || !/^\d{1,19}$/.test(start)) return '';
  return new Date(Number(start) / 1e6).toLocaleString('sv-SE');
}
