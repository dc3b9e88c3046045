import type { MetricType } from '@planscope/semconv';

/** One measured number of an operator. */
export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly value: number | bigint;
  /** The partition in which it was measured; absent for the whole node. */
  readonly partition?: number;
}

/**
 * The metrics of one execution of a node. Any name is allowed.
 *
 * Values with the same name are aggregated: counts and times are added; a gauge keeps its largest value; a timestamp
 * keeps its earliest value if its name starts with `start`, else its latest; a ratio has the mean of its values.
 */
export class MetricsSet implements Iterable<Metric> {
  readonly #metrics: Metric[] = [];

  constructor(metrics: Iterable<Metric> = []) {
    for (const metric of metrics) this.add(metric);
  }

  add(metric: Metric): this {
    this.#metrics.push(metric);
    return this;
  }

  addAll(metrics: Iterable<Metric>): this {
    for (const metric of metrics) this.add(metric);
    return this;
  }

  /** One metric for each name, over all partitions, in the order of the first values. */
  aggregateByName(): Metric[] {
    const byName = new Map<string, Metric[]>();
    for (const metric of this.#metrics) {
      const same = byName.get(metric.name);
      if (same === undefined) byName.set(metric.name, [metric]);
      else same.push(metric);
    }
    return [...byName.values()].map(aggregate);
  }

  /** The aggregated value of a name; undefined if it was never measured. */
  get(name: string): number | bigint | undefined {
    const same = this.#metrics.filter((metric) => metric.name === name);
    return same.length === 0 ? undefined : aggregate(same).value;
  }

  [Symbol.iterator](): Iterator<Metric> {
    return this.#metrics[Symbol.iterator]();
  }
}

function aggregate(metrics: readonly Metric[]): Metric {
  const [first] = metrics;
  if (first === undefined) throw new Error('[planscope/plan] no metric to aggregate');
  const { name, type, unit } = first;
  const values = metrics.map((metric) => metric.value);
  return { name, type, unit, value: combine(type, name, values) };
}

type Value = number | bigint;

function combine(type: MetricType, name: string, values: readonly Value[]): Value {
  switch (type) {
    case 'count':
    case 'time':
      return values.reduce(add);
    case 'gauge':
      return values.reduce(larger);
    case 'timestamp':
      return values.reduce(name.startsWith('start') ? smaller : larger);
    case 'ratio':
      return values.reduce((sum: number, value) => sum + Number(value), 0) / values.length;
  }
}

/** Adds two values, exactly for whole numbers of any size. A fraction makes the sum a plain number. */
function add(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    const exact = Number.isSafeInteger(sum) || !Number.isInteger(left) || !Number.isInteger(right);
    return exact ? sum : BigInt(left) + BigInt(right);
  }
  return isWhole(left) && isWhole(right) ? BigInt(left) + BigInt(right) : Number(left) + Number(right);
}

function isWhole(value: Value): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function larger(left: Value, right: Value): Value {
  return right > left ? right : left;
}

function smaller(left: Value, right: Value): Value {
  return right < left ? right : left;
}
