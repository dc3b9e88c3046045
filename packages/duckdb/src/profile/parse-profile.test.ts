import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile } from './parse-profile.ts';

const operator = {
  operator_name: 'READ_PARQUET',
  operator_type: 'TABLE_SCAN',
  operator_cardinality: 7,
  operator_timing: 0.5,
  cpu_time: 0.75,
  operator_rows_scanned: 14,
  result_set_size: 56,
  extra_info: { Filters: 'delay>10', Projections: ['a', 'b'], 'Estimated Cardinality': '9' },
  children: [],
};
const root = {
  rows_returned: 7,
  system_peak_buffer_memory: 4096,
  system_peak_temp_dir_size: 0,
  children: [operator],
};
const detailed = {
  ...root,
  planner: 0.002,
  planner_binding: 0.001,
  all_optimizers: 0.0035,
  optimizer_top_n: 0.003,
  optimizer_filter_pushdown: 0.0005,
  optimizer_extension: 0,
  physical_planner: 0.0002,
  physical_planner_create_plan: 0.0001,
};

describe('parseProfile', () => {
  it('reads operators, totals and planning, in nanoseconds and bytes', () => {
    expect(parseProfile(JSON.stringify(detailed), 'v1.5.6')).toEqual({
      form: 1,
      unknownKeys: [],
      profile: {
        planning: {
          planner: 2_000_000,
          binding: 1_000_000,
          optimizers: 3_500_000,
          optimizer: [
            { name: 'filter_pushdown', duration: 500_000 },
            { name: 'top_n', duration: 3_000_000 },
          ],
          physicalPlanner: 200_000,
          physicalSteps: [{ name: 'create_plan', duration: 100_000 }],
        },
        rowsReturned: 7,
        peakMemory: 4096,
        peakTemporaryStorage: 0,
        operators: [
          {
            name: 'READ_PARQUET',
            type: 'TABLE_SCAN',
            rows: 7,
            time: 500_000_000,
            cumulativeTime: 750_000_000,
            rowsScanned: 14,
            resultSetSize: 56,
            extraInfo: { Filters: 'delay>10', Projections: ['a', 'b'], 'Estimated Cardinality': '9' },
            children: [],
          },
        ],
      },
    });
  });

  it('omits planning if the profile is not detailed', () => {
    const parsed = parseProfile(JSON.stringify(root), 'v1.5.0');
    expect('profile' in parsed && 'planning' in parsed.profile).toBe(false);
  });

  it('reports a missing profile and an unknown version', () => {
    expect(parseProfile(undefined, 'v1.5.6')).toMatchObject({ fault: 'profile-missing' });
    expect(parseProfile(JSON.stringify(root), 'v3.0.0')).toMatchObject({
      fault: 'profile-version-unknown',
      reason: 'profiles of DuckDB v3.0.0 are not supported; supported versions: 1.5, 2.x',
    });
    expect(parseProfile(JSON.stringify(root), 'dev')).toMatchObject({ fault: 'profile-version-unknown' });
  });

  it('names the invalid field', () => {
    const { operator_timing: _, ...untimed } = operator;
    expect(parseProfile(JSON.stringify({ ...root, children: [untimed] }), 'v1.5.6')).toMatchObject({
      fault: 'profile-unreadable',
      reason: 'the profile is invalid: profile.children[0].operator_timing is missing',
    });
    expect(
      parseProfile(JSON.stringify({ ...root, children: [{ ...operator, operator_name: 3 }] }), 'v1.5.6'),
    ).toMatchObject({
      reason: expect.stringContaining('operator_name is not a string'),
    });
    expect(parseProfile(JSON.stringify({ ...root, children: 3 }), 'v1.5.6')).toMatchObject({
      reason: expect.stringContaining('children is not an array'),
    });
    expect(parseProfile('[]', 'v1.5.6')).toMatchObject({ reason: expect.stringContaining('profile is not an object') });
  });

  it('reports a truncated profile as unreadable without quoting it', () => {
    const text = JSON.stringify({ ...detailed, query_name: "SELECT 'secret'" });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (length) => {
        const parsed = parseProfile(text.slice(0, length), 'v1.5.6');
        expect(parsed).toMatchObject({ fault: 'profile-unreadable' });
        expect(JSON.stringify(parsed)).not.toContain('secret');
      }),
    );
  });
});
