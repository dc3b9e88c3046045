import type { IoReport, ReportedTiming, TimeWindow } from '@planscope/plan';
import { TIMING_BASES, type TimingBasis } from '@planscope/semconv';

/** How many entries are kept apart. */
export interface MergeLimits {
  /** For each operator, store, operation and location. */
  readonly perLocation: number;
  /** For each operator, store and operation. */
  readonly perOperation: number;
}

/** Entries to draw, and those for which there was no room. */
export interface FittedIo {
  readonly drawn: readonly IoReport[];
  readonly left: readonly IoReport[];
}

/**
 * Merges reported reads and writes until their number fits: first at each location, then over locations. Only when there
 * are more operators, stores and operations than room are entries left over, the smallest first.
 *
 * @param room how many spans may be made
 */
export function fitIo(io: readonly IoReport[], limits: MergeLimits, room: number): FittedIo {
  const operations = groupByOperation(io).length;
  const share = Math.max(1, Math.min(limits.perOperation, Math.floor(room / Math.max(1, operations))));
  const steps: readonly MergeLimits[] = [
    limits,
    { ...limits, perLocation: 1 },
    { perLocation: 1, perOperation: share },
  ];
  let merged: IoReport[] = [];
  for (const step of steps) {
    merged = mergeIo(io, step);
    if (merged.length <= room) return { drawn: merged, left: [] };
  }
  const bySize = merged.toSorted((left, right) => Number(BigInt(right.bytes) - BigInt(left.bytes)));
  return { drawn: bySize.slice(0, room), left: bySize.slice(room) };
}

/**
 * Merges reported reads and writes down to the limits. The largest stay as they are; the rest become one entry that adds
 * up their bytes and requests, so that no byte is lost.
 */
function mergeIo(io: readonly IoReport[], limits: MergeLimits): IoReport[] {
  const byLocation = grouped(io, ({ operatorId, store, operation, location }) => [
    operatorId,
    store,
    operation,
    location,
  ]);
  const located = byLocation.flatMap((group) => capped(group, limits.perLocation, mergeRanges));
  return groupByOperation(located).flatMap((group) => capped(group, limits.perOperation, mergeLocations));
}

/** Entries of the same operator, store and operation. */
function groupByOperation(io: readonly IoReport[]): IoReport[][] {
  return grouped(io, ({ operatorId, store, operation }) => [operatorId, store, operation]);
}

type Distinct = Pick<IoReport, 'location' | 'ranges'>;

function capped(group: readonly IoReport[], most: number, merge: (rest: readonly IoReport[]) => Distinct): IoReport[] {
  if (group.length <= most) return [...group];
  const bySize = group.toSorted((left, right) => Number(BigInt(right.bytes) - BigInt(left.bytes)));
  const rest = bySize.slice(most - 1);
  const { ranges: _, ...shape } = rest[0] as IoReport;
  const merged = {
    ...shape,
    ...merge(rest),
    bytes: rest.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n).toString(),
    requests: rest.reduce((sum, { requests }) => sum + requests, 0),
    timing: mergeTimings(rest.map(({ timing }) => timing)),
  };
  return [...bySize.slice(0, most - 1), merged];
}

function mergeRanges(rest: readonly IoReport[]): Distinct {
  const ranges = rest.flatMap((entry) => entry.ranges ?? []);
  return { location: (rest[0] as IoReport).location, ...(ranges.length === 0 ? {} : { ranges }) };
}

function mergeLocations(rest: readonly IoReport[]): Distinct {
  const locations = new Set(rest.map(({ location }) => location));
  const [only = ''] = locations;
  return { location: locations.size === 1 ? only : `${locations.size} other locations` };
}

/** From the first to the last event; never claimed to be known better than the least known of them. */
function mergeTimings(timings: readonly ReportedTiming[]): ReportedTiming {
  const windows = timings.flatMap(({ window }) => (window === undefined ? [] : [window]));
  if (windows.length < timings.length) return { basis: 'execution_window' };
  const bases: TimingBasis[] = ['observed_events', ...timings.map(({ basis }) => basis)];
  const weakest = Math.max(...bases.map((basis) => TIMING_BASES.indexOf(basis)));
  return { basis: TIMING_BASES[weakest] ?? 'execution_window', window: union(windows) };
}

function union(windows: readonly TimeWindow[]): TimeWindow {
  const [first, ...rest] = windows as [TimeWindow, ...TimeWindow[]];
  return rest.reduce(
    (whole, { start, end }) => ({
      start: BigInt(start) < BigInt(whole.start) ? start : whole.start,
      end: BigInt(end) > BigInt(whole.end) ? end : whole.end,
    }),
    first,
  );
}

function grouped(io: readonly IoReport[], key: (entry: IoReport) => unknown[]): IoReport[][] {
  const groups = new Map<string, IoReport[]>();
  for (const entry of io) {
    const name = JSON.stringify(key(entry));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
