import { printableLine } from '@planscope/internal/printable-text';
import type { Run } from '@planscope/run-model';
import { operatorName, operatorSubject } from '../plan/operator-label.ts';
import { indexPlan, type PlanIndex } from '../plan/plan-measures.ts';
import { type TimelineRow, timelineRows } from '../plan/timeline-rows.ts';
import { runTitle } from '../text/run-title.ts';

/** A file that https://www.speedscope.app opens. Values are nanoseconds. */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly (SampledProfile | EventedProfile)[];
}

/** Compute time by operator: each stack leads from the top of the plan to one operator. */
export interface SampledProfile {
  readonly type: 'sampled';
  readonly name: string;
  readonly unit: 'nanoseconds';
  readonly startValue: number;
  readonly endValue: number;
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/** What was under way when. */
export interface EventedProfile {
  readonly type: 'evented';
  readonly name: string;
  readonly unit: 'nanoseconds';
  readonly startValue: number;
  readonly endValue: number;
  readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
}

/**
 * A run as a file for speedscope: the compute time of its operators as one profile, and as many more as there is work at
 * the same time, since the frames of a profile nest. Bars whose place in time is not known are in none of those.
 */
export function toSpeedscope(run: Run): SpeedscopeFile {
  const frames = new Map<string, number>();
  const frame = (name: string): number => {
    const known = frames.get(name);
    if (known !== undefined) return known;
    frames.set(name, frames.size);
    return frames.size - 1;
  };
  const plan = indexPlan(run);
  const compute = plan.sum.compute > 0 ? [computeProfile(plan, frame)] : [];
  const profiles = [...compute, ...timelineProfiles(timelineRows(run), frame)];
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: runTitle(run),
    exporter: '@planscope/viewer',
    activeProfileIndex: 0,
    shared: { frames: [...frames.keys()].map((name) => ({ name })) },
    profiles,
  };
}

function computeProfile(plan: PlanIndex, frame: (name: string) => number): SampledProfile {
  const samples: number[][] = [];
  const weights: number[] = [];
  const stacks = new Map<string, readonly number[]>();
  for (const operator of plan.operators) {
    const above = operator.parentId === undefined ? [] : (stacks.get(operator.parentId) ?? []);
    const stack = [...above, frame(`${operatorName(operator)} ${operatorSubject(operator)}`.trim())];
    stacks.set(operator.id, stack);
    if (operator.compute === undefined || operator.compute <= 0) continue;
    samples.push(stack);
    weights.push(operator.compute);
  }
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const name = 'Compute time by operator';
  return { type: 'sampled', name, unit: 'nanoseconds', startValue: 0, endValue: whole, samples, weights };
}

interface Lane {
  readonly events: { type: 'O' | 'C'; frame: number; at: number }[];
  /** What is open, the innermost last. */
  readonly open: { readonly end: number; readonly frame: number }[];
}

function timelineProfiles(rows: readonly TimelineRow[], frame: (name: string) => number): EventedProfile[] {
  const timed = rows.filter(({ style }) => style === 'solid' || style === 'hatched');
  const ordered = [...timed].sort((one, other) => one.start - other.start || other.duration - one.duration);
  const lanes: Lane[] = [];
  for (const row of ordered) {
    const end = row.start + row.duration;
    let lane = lanes.find((each) => {
      closeUntil(each, row.start);
      const innermost = each.open.at(-1);
      return innermost === undefined || innermost.end >= end;
    });
    if (lane === undefined) {
      lane = { events: [], open: [] };
      lanes.push(lane);
    }
    const opened = frame(`${printableLine(row.name)} ${printableLine(row.subject)}`.trim());
    lane.events.push({ type: 'O', frame: opened, at: row.start });
    lane.open.push({ end, frame: opened });
  }
  return lanes.map((lane, index) => {
    closeUntil(lane, Number.POSITIVE_INFINITY);
    const { events } = lane;
    const name = index === 0 ? 'Timeline' : `Timeline, at the same time ${index}`;
    const [startValue, endValue] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0];
    return { type: 'evented', name, unit: 'nanoseconds', startValue, endValue, events };
  });
}

/** Closes what ended until a time, the innermost first. */
function closeUntil({ events, open }: Lane, time: number): void {
  for (let innermost = open.at(-1); innermost !== undefined && innermost.end <= time; innermost = open.at(-1)) {
    events.push({ type: 'C', frame: innermost.frame, at: innermost.end });
    open.pop();
  }
}
