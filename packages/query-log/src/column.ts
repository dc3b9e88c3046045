import type { Finding } from '@planscope/findings';
import type { Metric, Query, Run, Totals } from '@planscope/run-model';
import { operatorMetricKey, sharedSchema } from '@planscope/semconv';

/** A value of a column: a list of texts, a map of texts, or a list of structs, besides plain values. */
export type ColumnValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly string[]
  | ReadonlyMap<string, string>
  | readonly Readonly<Record<string, string | number | null>>[];

/** A run with what several columns need. */
export interface LoggedRun {
  readonly run: Run;
  /** Its query, if it has exactly one. */
  readonly query: Query | undefined;
  readonly findings: readonly Finding[];
}

/** One column of the log. */
export interface Column {
  readonly name: string;
  /** Type in DuckDB. */
  readonly type: string;
  readonly unit?: string;
  /** The attribute of a span that has the value, or of its operators that add up to it. */
  readonly attribute?: string;
  readonly meaning: string;
  /** Null if it was not measured. */
  value(logged: LoggedRun): ColumnValue;
}

type Definition = Omit<Column, 'name' | 'type' | 'meaning'> & Partial<Pick<Column, 'meaning'>>;

/** A column with the meaning that the registry gives to its attribute, unless it has its own. */
export function column(name: string, type: string, { meaning, ...definition }: Definition): Column {
  const registered = registeredMeaning(definition.attribute);
  const own = meaning ?? registered;
  if (own === undefined) throw new Error(`[planscope/query-log] the column ${name} has no meaning`);
  return { name, type, meaning: own, ...definition };
}

/** A number of the totals; times are in ms. */
export function total(
  name: string,
  total: keyof Totals,
  definition: Pick<Column, 'attribute'> & Partial<Pick<Column, 'meaning'>>,
): Column {
  if (name.endsWith('_ms')) {
    const value = ({ run }: LoggedRun): ColumnValue => milliseconds(run.totals[total]?.value);
    return column(name, 'DOUBLE', { ...definition, unit: 'ms', value });
  }
  const unit = unitOf(name);
  return column(name, 'BIGINT', { ...definition, unit, value: ({ run }) => integer(run.totals[total]) });
}

function unitOf(name: string): string {
  if (name.includes('bytes')) return 'By';
  return name.startsWith('rows') ? '{row}' : '{request}';
}

const meanings: ReadonlyMap<string, string> = new Map([
  ...sharedSchema.operatorMetrics.map(({ name, meaning }) => [operatorMetricKey(name), meaning] as const),
  ...sharedSchema.attributes.map(({ key, meaning }) => [key, meaning] as const),
]);

/** @throws Error for a key that no registry has */
function registeredMeaning(attribute: string | undefined): string | undefined {
  if (attribute === undefined) return undefined;
  const meaning = meanings.get(attribute);
  if (meaning === undefined) throw new Error(`[planscope/query-log] no registry has the attribute ${attribute}`);
  return meaning;
}

/** Nanoseconds in ms. */
export function milliseconds(nanoseconds: number | undefined): number | null {
  return nanoseconds === undefined ? null : nanoseconds / 1e6;
}

function integer(metric: Metric | undefined): bigint | null {
  return metric === undefined ? null : BigInt(Math.round(metric.value));
}
