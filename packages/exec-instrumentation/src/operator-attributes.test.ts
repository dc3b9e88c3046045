import { type Metric, MetricsSet } from '@planscope/plan';
import { describe, expect, it } from 'vitest';
import { metricAttributes } from './operator-attributes.ts';

const count = (name: string, value: number | bigint): Metric => ({ name, type: 'count', unit: '1', value });

describe('metricAttributes', () => {
  it('keeps every name, without a list of allowed names', () => {
    const metrics = new MetricsSet([count('output_rows', 3), count('output_bytes', 24n), count('brand_new', 1)]);
    expect(metricAttributes(metrics.aggregateByName())).toEqual({
      'datafusion.metrics.output_rows': 3,
      'datafusion.metrics.output_bytes': 24,
      'planscope.metrics.brand_new': 1,
    });
  });

  it('has one number for each name, over all partitions', () => {
    const metrics = new MetricsSet([
      { ...count('output_rows', 3), partition: 0 },
      { ...count('output_rows', 4n), partition: 1 },
      { ...count('peak_memory', 5), type: 'gauge', partition: 0 },
      { ...count('peak_memory', 9), type: 'gauge', partition: 1 },
    ]);
    expect(metricAttributes(metrics.aggregateByName())).toEqual({
      'datafusion.metrics.output_rows': 7,
      'planscope.metrics.peak_memory': 9,
    });
  });

  it('lists the numbers that were rounded', () => {
    const metrics = [count('exact', 2n ** 53n), count('rounded', 2n ** 53n + 1n), count('huge', 2n ** 64n)];
    expect(metricAttributes(metrics)).toEqual({
      'planscope.metrics.exact': 2 ** 53,
      'planscope.metrics.rounded': 2 ** 53,
      'planscope.metrics.huge': 2 ** 63 - 1024,
      'planscope.rounded_metrics': ['rounded', 'huge'],
    });
  });

  it('omits values that are not finite numbers', () => {
    const ratio = (value: number): Metric => ({ name: 'ratio', type: 'ratio', unit: '1', value });
    expect(metricAttributes([ratio(Number.NaN)])).toEqual({});
    expect(metricAttributes([ratio(Number.POSITIVE_INFINITY)])).toEqual({});
    expect(metricAttributes([ratio(0.25)])).toEqual({ 'planscope.metrics.ratio': 0.25 });
  });
});
