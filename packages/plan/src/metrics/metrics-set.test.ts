import type { MetricType } from '@planscope/semconv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Metric, MetricsSet } from './metrics-set.ts';

const unitOf: Record<MetricType, string> = { count: '{row}', time: 'ns', gauge: 'By', timestamp: 'ns', ratio: '1' };

function metrics(type: MetricType, values: readonly (number | bigint)[], name = 'm'): MetricsSet {
  return new MetricsSet(values.map((value, partition) => ({ name, type, unit: unitOf[type], value, partition })));
}

const whole = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }));
const wholes = fc.array(whole, { minLength: 1, maxLength: 20 });
const exact = (values: readonly (number | bigint)[]): bigint =>
  values.reduce((sum: bigint, value) => sum + BigInt(value), 0n);

describe('by name', () => {
  it.each(['count', 'time'] as const)('a %s is the exact sum of whole numbers of any size', (type) => {
    fc.assert(fc.property(wholes, (values) => BigInt(metrics(type, values).get('m') ?? -1) === exact(values)));
  });

  it('a sum beyond 2^53 is a bigint, a small one a number', () => {
    expect(metrics('count', [Number.MAX_SAFE_INTEGER, 2]).get('m')).toBe(9007199254740993n);
    expect(metrics('count', [1, 2]).get('m')).toBe(3);
    expect(metrics('count', [1, 2n]).get('m')).toBe(3n);
  });

  it('a fraction is added as a plain number, even to a bigint', () => {
    expect(metrics('time', [0.5, 1]).get('m')).toBe(1.5);
    expect(metrics('time', [0.5, 1n]).get('m')).toBe(1.5);
  });

  it('a gauge keeps its largest value', () => {
    fc.assert(
      fc.property(wholes, (values) => {
        const largest = metrics('gauge', values).get('m');
        return values.every((value) => largest !== undefined && value <= largest) && values.some((v) => v === largest);
      }),
    );
  });

  it('a timestamp keeps its earliest value under a name that starts with start, else its latest', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(), { minLength: 1 }), (values) => {
        const sorted = values.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
        expect(metrics('timestamp', values, 'start_timestamp').get('start_timestamp')).toBe(sorted[0]);
        expect(metrics('timestamp', values, 'end_timestamp').get('end_timestamp')).toBe(sorted.at(-1));
      }),
    );
  });

  it('a ratio is the mean', () => {
    expect(metrics('ratio', [0.25, 0.75]).get('m')).toBe(0.5);
    expect(metrics('ratio', [1n, 0]).get('m')).toBe(0.5);
  });

  it('the order of partitions does not matter', () => {
    const types = fc.constantFrom<MetricType>('count', 'time', 'gauge', 'timestamp');
    fc.assert(
      fc.property(types, wholes, (type, values) => {
        const [one, other] = [values, values.toReversed()].map((order) => metrics(type, order).get('m'));
        return BigInt(one ?? 0) === BigInt(other ?? 1);
      }),
    );
  });
});

it('keeps every name, in the order of the first values, and every value', () => {
  const list: Metric[] = [
    { name: 'output_rows', type: 'count', unit: '{row}', value: 1, partition: 0 },
    { name: 'never heard of', type: 'gauge', unit: 'By', value: 7 },
    { name: 'output_rows', type: 'count', unit: '{row}', value: 2, partition: 1 },
  ];
  const set = new MetricsSet().addAll(list);
  expect([...set]).toEqual(list);
  expect(set.aggregateByName()).toEqual([
    { name: 'output_rows', type: 'count', unit: '{row}', value: 3 },
    { name: 'never heard of', type: 'gauge', unit: 'By', value: 7 },
  ]);
});

it('has no value for a name that was never measured', () => {
  expect(new MetricsSet().get('output_rows')).toBeUndefined();
});
