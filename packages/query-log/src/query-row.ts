import { planLines } from '@planscope/internal/plan-lines';
import type { Run } from '@planscope/run-model';
import type { ColumnValue } from './column.ts';
import { columns, loggedRun } from './columns.ts';

/** One row of the log. */
export interface QueryRow {
  /** In the order of the columns; without the plan. */
  readonly values: readonly ColumnValue[];
  /** Fingerprint of the plan; null if there is none. */
  readonly plan: string | null;
  /** What it takes in memory, about, in bytes. */
  readonly size: number;
}

/** Place of the plan in a row. */
export const PLAN: number = columns.findIndex(({ name }) => name === 'plan');
const FINGERPRINT = columns.findIndex(({ name }) => name === 'plan_fingerprint');

/** The row of a run. */
export function queryRow(run: Run): QueryRow {
  const logged = loggedRun(run);
  const values = columns.map(({ value }) => value(logged));
  const size = values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
  return { values, plan: values[FINGERPRINT] as string | null, size };
}

/** Longest text of a plan, in characters. */
const MAX_PLAN = 65_536;

/** The operators of a run as text, one a line. What is too long is cut visibly. */
export function planText({ operators }: Run): string {
  const lines = planLines(operators).map(({ depth, label }) => `${'  '.repeat(depth)}${label}`);
  let [length, kept] = [0, 0];
  for (const line of lines) {
    length += line.length + 1;
    if (length > MAX_PLAN) break;
    kept += 1;
  }
  const rest = kept === lines.length ? [] : [`… ${lines.length - kept} more operators`];
  return [...lines.slice(0, kept), ...rest].join('\n');
}

/** Of a number, a reference or an object with few fields, in bytes. */
const SMALL = 16;

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return SMALL + 2 * value.length;
  if (value instanceof Map) return [...value].reduce((sum, entry) => sum + sizeOf(entry), SMALL);
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).reduce<number>((sum, entry) => sum + sizeOf(entry), SMALL);
  }
  return SMALL;
}
