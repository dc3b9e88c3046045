import { printableLine, printableText } from '@planscope/internal/printable-text';
import { duration, quantityText } from '@planscope/internal/quantity';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { operatorName } from '../plan/operator-label.ts';
import { type TimelineRow, timelineRows, timeTicks } from '../plan/timeline-rows.ts';
import { valueText } from '../text/value-text.ts';
import { elementId } from './element-id.ts';
import type { OpenRun, ViewProps } from './page-data.ts';
import { rowForKey, useVirtualRows } from './virtual-rows.ts';

const ROW_HEIGHT = 26;
const AXIS_HEIGHT = 22;

/** The styles of bars in words, each only if a row has it. */
const LEGEND = [
  ['solid', 'measured'],
  ['hatched', 'length from the engine or its events, start derived'],
  ['hollow', 'ran somewhere in this window; the number is its compute time'],
  ['invented', 'drawn by share of compute time; not when it ran'],
] as const;

/** The spans of a run as a waterfall. */
export function TimelineView({ opened, location, go }: ViewProps): JSX.Element {
  const rows = useMemo(() => timelineRows(opened.run), [opened]);
  const whole = useMemo(() => rangeOf(rows), [rows]);
  const [range, setRange] = useState(whole);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState('');
  const shown = useMemo(() => shownRows(rows, closed, text.toLowerCase()), [rows, closed, text]);
  const parents = useMemo(() => parentsOf(rows), [rows]);
  const virtual = useVirtualRows(shown.length, ROW_HEIGHT, AXIS_HEIGHT);
  const selected = location.span;
  const at = shown.findIndex(({ id }) => id === selected);
  const row = shown[at];
  useEffect(() => virtual.reveal(at), [at]);

  const toggle = (id: string, close: boolean): void => {
    const next = new Set(closed);
    if (close) next.add(id);
    else next.delete(id);
    setClosed(next);
  };
  const select = (to: TimelineRow | undefined): void => {
    if (to !== undefined) go({ span: to.id, ...(to.operatorId === undefined ? {} : { operator: to.operatorId }) });
  };
  const press = (event: KeyboardEvent): void => {
    const to = rowForKey(event.key, at, shown.length, 20);
    if (to !== undefined) select(shown[to]);
    else if (row !== undefined && event.key === 'ArrowLeft') toggle(row.id, true);
    else if (row !== undefined && event.key === 'ArrowRight') toggle(row.id, false);
    else return;
    event.preventDefault();
  };
  const ticks = timeTicks(range.from, range.to);
  const length = range.to - range.from || 1;
  const place = (time: number): number => ((time - range.from) / length) * 100;
  const styles = new Set(rows.map(({ style }) => style));

  return (
    <div class={row === undefined ? 'split alone' : 'split'}>
      <div class="timeline-side">
        <div class="tools">
          <input
            type="search"
            placeholder="Search spans  /"
            aria-label="Search spans"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <button
            type="button"
            disabled={row === undefined || row.duration === 0}
            onClick={() => row !== undefined && setRange({ from: row.start, to: row.start + row.duration })}
          >
            Zoom to selection
          </button>
          <button type="button" disabled={range === whole} onClick={() => setRange(whole)}>
            Whole run
          </button>
          <span class="quiet" role="status">
            {shown.length === rows.length ? `${rows.length} spans` : `${shown.length} of ${rows.length} spans`}
          </span>
        </div>
        <ul class="legend" aria-label="Meaning of the bars">
          {LEGEND.filter(([style]) => styles.has(style)).map(([style, meaning]) => (
            <li key={style}>
              <span class={`sample bar operator ${style}`} aria-hidden="true" /> {meaning}
            </li>
          ))}
        </ul>
        <div class="list-scroll" ref={virtual.scroller}>
          <div class="axis" aria-hidden="true">
            <span class="axis-track">
              {ticks.map((tick) => (
                <span key={tick} style={{ left: `${place(tick)}%` }}>
                  {tick === 0 ? '0' : quantityText(duration(tick))}
                </span>
              ))}
            </span>
          </div>
          <div
            role="treegrid"
            aria-label="Timeline"
            aria-rowcount={shown.length}
            aria-activedescendant={row === undefined ? undefined : elementId('span', row.id)}
            tabIndex={0}
            class="waterfall"
            onKeyDown={press}
          >
            <div style={{ height: `${virtual.above}px` }} />
            {shown.slice(virtual.first, virtual.end).map((each, offset) => (
              <SpanRow
                key={each.id}
                row={each}
                index={virtual.first + offset}
                isSelected={each.id === selected}
                state={text === '' && parents.has(each.id) ? (closed.has(each.id) ? 'closed' : 'open') : undefined}
                place={place}
                onSelect={() => select(each)}
                onToggle={() => toggle(each.id, !closed.has(each.id))}
              />
            ))}
            <div style={{ height: `${virtual.below}px` }} />
          </div>
        </div>
      </div>
      {row !== undefined && <SpanPanel opened={opened} row={row} go={go} />}
    </div>
  );
}

function rangeOf(rows: readonly TimelineRow[]): { readonly from: number; readonly to: number } {
  let [from, to] = [0, 0];
  for (const { start, duration: length } of rows) {
    from = Math.min(from, start);
    to = Math.max(to, start + length);
  }
  return { from, to };
}

function parentsOf(rows: readonly TimelineRow[]): ReadonlySet<string> {
  const parents = new Set<string>();
  rows.forEach(({ depth }, index) => {
    const before = rows[index - 1];
    if (before !== undefined && before.depth < depth) parents.add(before.id);
  });
  return parents;
}

/** All rows but those below a closed one; with a search, the rows that match it. */
function shownRows(rows: readonly TimelineRow[], closed: ReadonlySet<string>, text: string): readonly TimelineRow[] {
  if (text !== '') {
    return rows.filter(({ name, subject, id }) => `${name} ${subject} ${id}`.toLowerCase().includes(text));
  }
  if (closed.size === 0) return rows;
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return rows.filter(({ id, depth }) => {
    if (depth > hiddenBelow) return false;
    hiddenBelow = closed.has(id) ? depth : Number.POSITIVE_INFINITY;
    return true;
  });
}

function SpanRow(props: {
  readonly row: TimelineRow;
  readonly index: number;
  readonly isSelected: boolean;
  readonly state: 'open' | 'closed' | undefined;
  readonly place: (time: number) => number;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
}): JSX.Element {
  const { row, index, isSelected, state, place, onSelect, onToggle } = props;
  const { id, depth, name, subject, kind, start, style, failed, compute } = row;
  const [left, right] = [Math.max(-1, place(start)), Math.min(101, place(start + row.duration))];
  const isOut = right < 0 || left > 100;
  const time =
    style === 'hollow' || style === 'invented'
      ? compute === undefined
        ? ''
        : quantityText(duration(compute))
      : quantityText(duration(row.duration));
  return (
    <div
      id={elementId('span', id)}
      role="row"
      aria-rowindex={index + 1}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={state === undefined ? undefined : state === 'open'}
      class={`span-row ${failed ? 'failed' : ''}`}
      onClick={onSelect}
    >
      <div role="gridcell" class="span-name" style={{ paddingLeft: `${8 + Math.min(depth, 24) * 12}px` }}>
        <span
          class="twisty"
          aria-hidden="true"
          onClick={(event) => {
            if (state === undefined) return;
            event.stopPropagation();
            onToggle();
          }}
        >
          {state === undefined ? '' : state === 'open' ? '▾' : '▸'}
        </span>
        <span class="text">{printableLine(name)}</span> <span class="quiet text">{printableLine(subject)}</span>
      </div>
      <div role="gridcell" class="span-track">
        {!isOut && (
          <span class={`bar ${kind} ${style}`} style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }} />
        )}
        <span
          class={right > 80 && left <= 20 ? 'bar-time inside' : 'bar-time'}
          // Beside the bar where there is room, else within it.
          style={
            right <= 80
              ? { left: `${Math.max(0, right)}%` }
              : left > 20
                ? { right: `${100 - Math.min(100, left)}%` }
                : { left: `${Math.max(0, left)}%` }
          }
        >
          {time}
          {style === 'hollow' && time !== '' && <span class="unit"> compute</span>}
        </span>
      </div>
    </div>
  );
}

/** The attributes and events of the selected span. */
function SpanPanel(props: {
  readonly opened: OpenRun;
  readonly row: TimelineRow;
  readonly go: ViewProps['go'];
}): JSX.Element {
  const { opened, row, go } = props;
  const span = useMemo(() => opened.run.spans.find(({ id }) => id === row.id), [row.id]);
  const operator = row.operatorId === undefined ? undefined : opened.plan.byId.get(row.operatorId);
  return (
    <aside class="panel" aria-label="Span" tabIndex={0}>
      <h2 class="operator-title">{printableLine(row.name)}</h2>
      <p class="quiet">
        {printableLine(row.kind)} · starts {quantityText(duration(row.start))} after the run ·{' '}
        {row.style === 'hollow' ? 'window of ' : ''}
        {quantityText(duration(row.duration))}
      </p>
      {operator !== undefined && (
        <p>
          <button type="button" class="link" onClick={() => go({ view: 'plan', operator: operator.id })}>
            {operatorName(operator)} in the plan
          </button>
        </p>
      )}
      {span?.statusMessage !== undefined && span.statusMessage !== '' && (
        <p class="failure">{printableText(span.statusMessage)}</p>
      )}
      {span !== undefined && (
        <>
          <h3>Attributes</h3>
          <dl class="fields">
            {Object.entries(span.attributes).map(([key, value]) => (
              <div key={key}>
                <dt>{printableLine(key)}</dt>
                <dd>{typeof value === 'string' ? <LongText text={value} /> : valueText(value)}</dd>
              </div>
            ))}
          </dl>
          {span.events.length > 0 && <h3>Events</h3>}
          {span.events.map((event, index) => (
            <details key={index}>
              <summary>
                {printableLine(event.name)} <span class="quiet">{quantityText(duration(event.time))}</span>
              </summary>
              <dl class="fields">
                {Object.entries(event.attributes).map(([key, value]) => (
                  <div key={key}>
                    <dt>{printableLine(key)}</dt>
                    <dd>{valueText(value)}</dd>
                  </div>
                ))}
              </dl>
            </details>
          ))}
        </>
      )}
    </aside>
  );
}

function LongText({ text }: { readonly text: string }): JSX.Element {
  return <span class={text.includes('\n') ? 'multi-line' : ''}>{printableText(text)}</span>;
}
