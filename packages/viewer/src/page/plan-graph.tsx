import { misestimate, percent, shortCount } from '@planscope/internal/quantity';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import {
  edgePath,
  edgeWidth,
  layOutPlan,
  type PlacedEdge,
  type PlacedOperator,
  type PlanLayout,
} from '../plan/lay-out-plan.ts';
import { operatorName, operatorSubject } from '../plan/operator-label.ts';
import { HEATS, type Heat, type PlanIndex, shareOf } from '../plan/plan-measures.ts';
import { elementId } from './element-id.ts';
import { fitText, widthOf } from './fit-text.ts';
import type { OpenRun } from './page-data.ts';

const CARD = { width: 224, height: 70 };
const SMALL_CARD = { width: 184, height: 26 };
const NAME_FONT = '600 13px';
const TEXT_FONT = '400 12px';
/** Below this share of everything, an operator without findings is small. */
const CHEAP = 0.01;
const SCALES = { least: 0.002, most: 2 };
/** Below this scale texts cannot be read and are left out. */
const LEGIBLE = 0.35;
/** Pixels of the screen: the drawn part changes in such steps, so that most moves draw nothing anew. */
const STEP = 400;
/** The most operators, and edges, that one frame draws anew, so that none takes longer than a tenth of a second. */
const MOST_NEW = 75;

interface Sight {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface GraphProps {
  readonly opened: OpenRun;
  readonly heat: Heat;
  readonly small: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (operator: string | undefined) => void;
}

/** The plan as boxes: consumers above their inputs, edges as wide as their rows. */
export function PlanGraph(props: GraphProps): JSX.Element {
  const { opened, heat, small, selected, onSelect } = props;
  const { plan, findings } = opened;
  const found = useMemo(() => countFindings(findings), [findings]);
  const layout = useMemo(() => {
    const isSmall = (id: string): boolean => {
      const operator = plan.byId.get(id);
      if (!small || operator === undefined || found.has(id) || operator.error !== undefined) return false;
      return (shareOf(plan, operator, 'compute') ?? 0) < CHEAP && (shareOf(plan, operator, heat) ?? 0) < CHEAP;
    };
    try {
      return layOutPlan(plan, ({ id }) => (isSmall(id) ? SMALL_CARD : CARD));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }, [plan, heat, small]);
  if (layout === undefined) {
    return (
      <p class="empty">This plan is too deep to draw. The tab Operators has all {plan.operators.length} of them.</p>
    );
  }
  return <Canvas layout={layout} plan={plan} heat={heat} found={found} selected={selected} onSelect={onSelect} />;
}

function countFindings(findings: OpenRun['findings']): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { operatorId } of findings) {
    if (operatorId !== undefined) found.set(operatorId, (found.get(operatorId) ?? 0) + 1);
  }
  return found;
}

interface CanvasProps {
  readonly layout: PlanLayout;
  readonly plan: PlanIndex;
  readonly heat: Heat;
  readonly found: ReadonlyMap<string, number>;
  readonly selected: string | undefined;
  readonly onSelect: (operator: string | undefined) => void;
}

const clampScale = (scale: number): number => Math.min(SCALES.most, Math.max(SCALES.least, scale));

/** The whole plan if it can be read then, else its top. */
function firstSight(layout: PlanLayout, width: number, height: number, whole: boolean): Sight {
  const fitting = Math.min(1, (width - 32) / Math.max(1, layout.width), (height - 32) / Math.max(1, layout.height));
  const across = Math.min(1, (width - 32) / Math.max(1, layout.width));
  const scale = clampScale(whole || fitting >= 0.5 ? fitting : Math.max(0.6, Math.min(0.8, across)));
  const top = layout.operators.find(({ y }) => y === 0);
  const middle = layout.width * scale <= width ? layout.width / 2 : (top?.x ?? 0) + (top?.width ?? 0) / 2;
  const isWhole = whole || fitting >= 0.5;
  return { scale, x: width / 2 - middle * scale, y: isWhole ? Math.max(16, (height - layout.height * scale) / 2) : 16 };
}

function Canvas({ layout, plan, heat, found, selected, onSelect }: CanvasProps): JSX.Element {
  const frame = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState({ width: 800, height: 600 });
  const [sight, setSight] = useState<Sight>(() => firstSight(layout, 800, 600, false));
  const placed = useMemo(() => new Map(layout.operators.map((each) => [each.operator.id, each])), [layout]);
  const drag = useRef<{ readonly x: number; readonly y: number; moved: boolean } | undefined>(undefined);

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) => {
        if (before.width === width && before.height === height) return before;
        return { width, height };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { clientWidth, clientHeight } = frame.current ?? { clientWidth: 800, clientHeight: 600 };
    setSight(firstSight(layout, clientWidth, clientHeight, false));
  }, [layout]);

  // The selected operator is in sight, also when a link or another view selected it.
  useEffect(() => {
    const at = selected === undefined ? undefined : placed.get(selected);
    const element = frame.current;
    if (at === undefined || element === null) return;
    setSight((before) => {
      const scale = Math.max(before.scale, 0.5);
      const [x, y] = [at.x * scale + before.x, at.y * scale + before.y];
      const isSeen =
        scale === before.scale &&
        x >= 0 &&
        y >= 0 &&
        x + at.width * scale <= element.clientWidth &&
        y + at.height * scale <= element.clientHeight;
      if (isSeen) return before;
      return {
        scale,
        x: element.clientWidth / 2 - (at.x + at.width / 2) * scale,
        y: element.clientHeight / 2 - (at.y + at.height / 2) * scale,
      };
    });
  }, [selected, placed]);

  const zoom = (factor: number, atX = size.width / 2, atY = size.height / 2): void =>
    setSight(({ x, y, scale }) => {
      const next = clampScale(scale * factor);
      return { scale: next, x: atX - ((atX - x) * next) / scale, y: atY - ((atY - y) * next) / scale };
    });
  const whole = (): void => setSight(firstSight(layout, size.width, size.height, true));

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const box = element.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY / 200), event.clientX - box.left, event.clientY - box.top);
      } else setSight((before) => ({ ...before, x: before.x - event.deltaX, y: before.y - event.deltaY }));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  });

  const press = (event: KeyboardEvent): void => {
    const around = neighbours(plan, selected);
    const to = around[event.key];
    if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') whole();
    else if (to !== undefined) onSelect(to);
    else if (!(event.key in around)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const { scale } = sight;
  const isLegible = scale >= LEGIBLE;
  // In the plan's units: what is drawn, in steps.
  const step = STEP / scale;
  const columns = [
    Math.floor(-sight.x / scale / step) - 1,
    Math.ceil((size.width - sight.x) / scale / step) + 1,
  ] as const;
  const lines = [
    Math.floor(-sight.y / scale / step) - 1,
    Math.ceil((size.height - sight.y) / scale / step) + 1,
  ] as const;
  const near = useMemo(() => {
    const [left, right] = [columns[0] * step, columns[1] * step];
    const [top, bottom] = [lines[0] * step, lines[1] * step];
    const isNear = ({ x, y, width, height }: PlacedOperator): boolean =>
      x + width >= left && x <= right && y + height >= top && y <= bottom;
    const edges = layout.edges.filter(({ from, to }) => isNear(from) || isNear(to));
    return { edges, operators: layout.operators.filter(isNear) };
  }, [layout, step, ...columns, ...lines]);
  const shown = useGradually(Math.max(near.edges.length, near.operators.length));
  const content = useMemo(() => {
    return (
      <>
        {near.edges.slice(0, shown).map((edge) => (
          <Edge
            key={`${edge.from.operator.id} ${edge.to.operator.id}`}
            edge={edge}
            most={plan.most.rows}
            isLegible={isLegible}
          />
        ))}
        {near.operators.slice(0, shown).map((at) => (
          <Card
            key={at.operator.id}
            at={at}
            plan={plan}
            heat={heat}
            findings={found.get(at.operator.id) ?? 0}
            isSelected={at.operator.id === selected}
            isLegible={isLegible}
          />
        ))}
      </>
    );
  }, [near, shown, heat, selected, isLegible]);

  return (
    <div class="graph">
      <svg
        ref={frame}
        role="tree"
        aria-label={`Plan of ${layout.operators.length} operators; arrow keys go to consumers and inputs`}
        aria-activedescendant={selected !== undefined && placed.has(selected) ? elementId('node', selected) : undefined}
        // The name is case-sensitive in SVG.
        tabindex={0}
        onKeyDown={press}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.clientX - sight.x, y: event.clientY - sight.y, moved: false };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (from === undefined) return;
          const [x, y] = [event.clientX - from.x, event.clientY - from.y];
          if (!from.moved && Math.hypot(x - sight.x, y - sight.y) < 4) return;
          if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
          from.moved = true;
          setSight((before) => ({ ...before, x, y }));
        }}
        onPointerUp={(event) => {
          const wasDragged = drag.current?.moved === true;
          drag.current = undefined;
          if (wasDragged) return;
          const node = (event.target as Element).closest('[data-operator]');
          onSelect(node?.getAttribute('data-operator') ?? undefined);
        }}
        onPointerCancel={() => {
          drag.current = undefined;
        }}
      >
        <g transform={`translate(${sight.x} ${sight.y}) scale(${scale})`}>{content}</g>
      </svg>
      <div class="zoom">
        <button type="button" aria-label="Larger" onClick={() => zoom(1.25)}>
          +
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoom(0.8)}>
          −
        </button>
        <button type="button" onClick={whole}>
          Fit
        </button>
      </div>
    </div>
  );
}

/** How many of so many elements a frame draws: those of the frame before, and some more until all are drawn. */
function useGradually(count: number): number {
  const before = useRef(0);
  const [, drawMore] = useReducer<number, void>((frames) => frames + 1, 0);
  const shown = Math.min(count, before.current + MOST_NEW);
  useLayoutEffect(() => {
    before.current = shown;
    if (shown === count) return;
    const frame = requestAnimationFrame(() => drawMore());
    return () => cancelAnimationFrame(frame);
  });
  return shown;
}

/** The operators that the arrow keys lead to. */
function neighbours(plan: PlanIndex, selected: string | undefined): Readonly<Record<string, string | undefined>> {
  const operator = selected === undefined ? undefined : plan.byId.get(selected);
  const [top, last] = [plan.roots[0]?.id, plan.operators.at(-1)?.id];
  if (operator === undefined) {
    return { ArrowUp: top, ArrowDown: top, ArrowLeft: top, ArrowRight: top, Home: top, End: last, Enter: top };
  }
  const parent = operator.parentId === undefined ? undefined : plan.byId.get(operator.parentId);
  const siblings = (parent === undefined ? plan.roots : plan.children.get(parent.id)) ?? [];
  const place = siblings.findIndex(({ id }) => id === operator.id);
  return {
    ArrowUp: parent?.id,
    ArrowDown: plan.children.get(operator.id)?.[0]?.id,
    ArrowLeft: siblings[place - 1]?.id,
    ArrowRight: siblings[place + 1]?.id,
    Home: top,
    End: last,
  };
}

function Edge(props: { readonly edge: PlacedEdge; readonly most: number; readonly isLegible: boolean }): JSX.Element {
  const { edge, most, isLegible } = props;
  const { from, to, rows, shared } = edge;
  return (
    <g aria-hidden="true">
      <path d={edgePath(edge)} stroke-width={edgeWidth(rows, most)} class={shared ? 'edge shared' : 'edge'} />
      {isLegible && rows !== undefined && (
        <text
          class="edge-rows"
          x={(from.x + from.width / 2) * 0.75 + (to.x + to.width / 2) * 0.25}
          y={from.y - 13}
          dx={8}
        >
          {shortCount(rows)}
        </text>
      )}
    </g>
  );
}

function Card(props: {
  readonly at: PlacedOperator;
  readonly plan: PlanIndex;
  readonly heat: Heat;
  readonly findings: number;
  readonly isSelected: boolean;
  readonly isLegible: boolean;
}): JSX.Element {
  const { at, plan, heat, findings, isSelected, isLegible } = props;
  const { operator, x, y, width, height } = at;
  const share = shareOf(plan, operator, heat);
  const value = HEATS[heat].value(operator);
  const isSmall = height === SMALL_CARD.height;
  const name = operatorName(operator);
  const subject = operatorSubject(operator);
  const off = misestimate(operator.rows, operator.estimatedRows);
  const rows =
    operator.rows === undefined ? '' : `${shortCount(operator.rows)} ${operator.rows === 1 ? 'row' : 'rows'}`;
  // Its texts are its name for a screen reader; where they are left out, this is.
  const label = isLegible ? undefined : `${name} ${subject}`;
  const right =
    value === undefined ? '' : heat === 'memory' || share === undefined ? HEATS[heat].text(value) : percent(share);
  return (
    <g
      id={elementId('node', operator.id)}
      data-operator={operator.id}
      role="treeitem"
      aria-selected={isSelected}
      aria-label={label}
      transform={`translate(${x} ${y})`}
      class={`card ${isSelected ? 'selected' : ''} ${operator.error === undefined ? '' : 'failed'}`}
    >
      <rect class="ground" width={width} height={height} rx={5} />
      <rect class="heat" width={width} height={height} rx={5} fill-opacity={heatOpacity(share)} />
      {isLegible && !isSmall && share !== undefined && (
        <rect
          class="heat-bar"
          x={1}
          y={height - 4}
          width={Math.max(0, (width - 2) * Math.min(1, share))}
          height={3}
          rx={1.5}
        />
      )}
      {isLegible && (
        <>
          <text class="card-name" x={10} y={isSmall ? 17 : 20}>
            {fitText(name, width - (isSmall ? 20 : 30 + widthOf(right, '600 12px')), NAME_FONT)}
            {isSmall && (
              <tspan class="card-aside" dx={7}>
                {subject !== '' && <title>{subject}</title>}
                {fitText(subject, width - 27 - widthOf(name, NAME_FONT), TEXT_FONT)}
              </tspan>
            )}
          </text>
          {!isSmall && (
            <>
              <text class="card-share" x={width - 10} y={20}>
                {right}
              </text>
              <text class="card-subject" x={10} y={38}>
                {subject !== '' && <title>{subject}</title>}
                {fitText(subject, width - 20, TEXT_FONT)}
              </text>
              <text class="card-rows" x={10} y={56}>
                {rows}
              </text>
              {off !== undefined && (
                <text class={`card-off ${off.factor >= 10 ? 'far' : ''}`} x={width - 10} y={56}>
                  {offText(off.text, width - 32 - widthOf(rows, TEXT_FONT), off.factor >= 10)}
                </text>
              )}
            </>
          )}
        </>
      )}
      {findings > 0 && (
        <g aria-hidden="true">
          <circle class="finding-mark" cx={width} cy={0} r={9} />
          <text class="finding-count" x={width} y={4}>
            {findings}
          </text>
        </g>
      )}
    </g>
  );
}

/** As many words as there is room for. */
function offText(text: string, room: number, isBold: boolean): string {
  const whole = `${text} than est.`;
  return widthOf(whole, isBold ? '600 12px' : TEXT_FONT) <= room ? whole : text;
}

/** Small shares are told apart better than large ones. */
function heatOpacity(share: number | undefined): number {
  return share === undefined ? 0 : 0.55 * Math.sqrt(Math.min(1, Math.max(0, share)));
}
