import { type Comparison, comparePaired, median } from './statistics.ts';

/** The ways that others are compared with. */
export type Baseline = 'bare' | 'profiling';

export type Unit = 'ms' | 'KiB' | 'MiB' | 'number';

/** The most that a figure may be: its value, its difference from a baseline, or its ratio to one. */
export type Goal =
  | { readonly atMost: number }
  | { readonly atMost: number; readonly more: Baseline }
  | { readonly atMost: number; readonly times: Baseline };

/** One line of the table. */
export interface Row {
  readonly case: string;
  /** The way of doing the work, or what was counted. */
  readonly way: string;
  readonly value: number;
  readonly unit: Unit;
  readonly against: Readonly<Partial<Record<Baseline, Comparison>>>;
  readonly goal?: Goal;
}

/** Whether a row is within its goal; undefined where it has none. */
export function isMet({ value, against, goal }: Row): boolean | undefined {
  if (goal === undefined) return undefined;
  if ('more' in goal) return (against[goal.more]?.difference ?? Number.NaN) <= goal.atMost;
  if ('times' in goal) return (against[goal.times]?.ratio ?? Number.NaN) <= goal.atMost;
  return value <= goal.atMost;
}

/** One row, in milliseconds, for each way that took turns. */
export function rowsOf(
  name: string,
  samples: ReadonlyMap<string, readonly number[]>,
  goals: Readonly<Record<string, Goal>> = {},
): Row[] {
  return [...samples].map(([way, times]) => {
    const goal = goals[way];
    const against = Object.fromEntries(
      (['bare', 'profiling'] as const).flatMap((baseline) => {
        const others = samples.get(baseline);
        return others === undefined || way === baseline ? [] : [[baseline, comparePaired(times, others)]];
      }),
    );
    return { case: name, way, value: median(times), unit: 'ms', against, ...(goal === undefined ? {} : { goal }) };
  });
}

/** A row with one figure and no comparison. */
export function figure(name: string, way: string, value: number, unit: Unit, goal?: Goal): Row {
  return { case: name, way, value, unit, against: {}, ...(goal === undefined ? {} : { goal }) };
}
