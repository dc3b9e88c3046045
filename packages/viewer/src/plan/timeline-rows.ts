import type { Operator, Run, Stage, Task, Timing } from '@planscope/run-model';
import { ATTR_TIMING_BASIS } from '@planscope/semconv';
import { operatorSubject } from './operator-label.ts';
import { HEATS } from './plan-measures.ts';

/** How a bar is drawn: its length was measured, was derived, is a window that says nothing of it, or is invented. */
type BarStyle = 'solid' | 'hatched' | 'hollow' | 'invented';

const STYLES: Readonly<Record<Timing['basis'], BarStyle>> = {
  measured: 'solid',
  engine_duration: 'hatched',
  observed_events: 'hatched',
  execution_window: 'hollow',
  proportional: 'invented',
};

/** One row of a waterfall. Times are nanoseconds after the start of the run. */
export interface TimelineRow {
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  /** What it works on, in a few words. */
  readonly subject: string;
  readonly kind: string;
  readonly start: number;
  readonly duration: number;
  readonly style: BarStyle;
  readonly failed: boolean;
  readonly operatorId?: string;
  /** Compute time of an operator. */
  readonly compute?: number;
  readonly rows?: number;
  readonly estimatedRows?: number;
  /** Bytes read and written. */
  readonly bytes?: number;
}

/** The rows of a run in the order of a waterfall: its spans, or its parts if it has no spans. */
export function timelineRows(run: Run): TimelineRow[] {
  return run.spans.length > 0 ? rowsOfSpans(run) : rowsOfParts(run);
}

function rowsOfSpans(run: Run): TimelineRow[] {
  const operators = new Map(run.operators.flatMap((each) => (each.spanId === undefined ? [] : [[each.spanId, each]])));
  const calls = new Map(run.calls.flatMap((each) => (each.spanId === undefined ? [] : [[each.spanId, each]])));
  const places = new Map(run.stages.flatMap(placesOf));
  return run.spans.map(({ id, depth, name, planscopeKind = 'custom', start, duration, status, attributes }) => {
    const operator = operators.get(id);
    const call = calls.get(id);
    const basis = attributes[ATTR_TIMING_BASIS];
    const isBasis = typeof basis === 'string' && Object.hasOwn(STYLES, basis);
    return {
      id,
      depth,
      name,
      ...places.get(id),
      subject:
        places.get(id)?.subject ?? (operator === undefined ? fileName(call?.location) : operatorSubject(operator)),
      kind: planscopeKind,
      start,
      duration,
      style: isBasis ? STYLES[basis as Timing['basis']] : 'solid',
      failed: status === 'error',
      ...(call?.bytes === undefined ? {} : { bytes: call.bytes }),
      ...(operator === undefined ? {} : numbersOf(operator)),
    };
  });
}

type PlaceInQuery = Pick<TimelineRow, 'name' | 'subject'>;

/** The names of the spans of a stage and its tasks, which are called `stage` and `task`. */
function placesOf(stage: Stage): [spanId: string, place: PlaceInQuery][] {
  const { spanId, tasks } = stage;
  const own: [string, PlaceInQuery][] = spanId === undefined ? [] : [[spanId, placeOfStage(stage)]];
  return [
    ...own,
    ...tasks.flatMap((task): typeof own => (task.spanId === undefined ? [] : [[task.spanId, placeOfTask(task)]])),
  ];
}

const placeOfStage = ({ id }: Stage): PlaceInQuery => ({ name: `stage ${id}`, subject: '' });
const placeOfTask = ({ id, host = '' }: Task): PlaceInQuery => ({ name: `task ${id}`, subject: host });

function numbersOf(operator: Operator): Partial<TimelineRow> {
  const { id, compute, rows, estimatedRows } = operator;
  const bytes = HEATS.bytes.value(operator);
  return {
    operatorId: id,
    ...(compute === undefined ? {} : { compute }),
    ...(rows === undefined ? {} : { rows }),
    ...(estimatedRows === undefined ? {} : { estimatedRows }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** The last part of a path. */
function fileName(location = ''): string {
  return location.replace(/^.*\/(?=[^/])/, '');
}

function rowsOfParts(run: Run): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const whole = run.duration ?? 0;
  const add = (
    part: { readonly id: string; readonly timing: Timing; readonly error?: unknown },
    depth: number,
    rest: Pick<TimelineRow, 'name' | 'subject' | 'kind'> & Partial<TimelineRow>,
  ): void => {
    const { start = 0, duration = 0, basis } = part.timing;
    rows.push({ id: part.id, depth, start, duration, style: STYLES[basis], failed: part.error !== undefined, ...rest });
  };
  add({ id: run.id, timing: { basis: run.basis ?? 'measured', start: 0, duration: whole }, error: run.error }, 0, {
    name: run.name,
    subject: '',
    kind: run.kind === 'query' ? 'query' : 'run',
  });
  for (const phase of run.phases) {
    add(phase, 1, { name: phase.name, subject: phase.planner ?? '', kind: 'phase' });
    phase.rules.forEach((rule, index) => {
      add({ ...rule, id: `${phase.id} ${index}` }, 2, { name: rule.name, subject: '', kind: 'rule' });
    });
  }
  for (const stage of run.stages) {
    add(stage, 1, { ...placeOfStage(stage), kind: 'stage' });
    for (const task of stage.tasks) {
      add(task, 2, { ...placeOfTask(task), kind: 'task' });
    }
  }
  const depths = new Map<string, number>();
  for (const operator of run.operators) {
    const depth = 1 + (operator.parentId === undefined ? 0 : (depths.get(operator.parentId) ?? 0));
    depths.set(operator.id, depth);
    const subject = operatorSubject(operator);
    add(operator, depth, { name: operator.name, subject, kind: 'operator', ...numbersOf(operator) });
  }
  for (const call of run.calls) {
    const size = call.bytes === undefined ? {} : { bytes: call.bytes };
    add(call, 1, { name: call.operation, subject: fileName(call.location), kind: 'storage', ...size });
  }
  return rows;
}

/** Round numbers from one time to another, both in nanoseconds. */
export function timeTicks(from: number, to: number, most = 6): number[] {
  const length = to - from;
  if (!(length > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(length / most));
  const step = power * ([1, 2, 5, 10].find((factor) => length / (power * factor) <= most) ?? 10);
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}
