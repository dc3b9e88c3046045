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
        leastSpilled: 0,
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

const scan = {
  bytes_scanned: 999,
  extra_info: { Filters: '(a > 5)', 'Filename(s)': 'a.parquet', 'Estimated Cardinality': '9' },
  intermediate_rows: 7,
  intermediate_size_bytes: 56,
  name: 'PARQUET_SCAN',
  row_groups_scanned: 1,
  rows_scanned: 7,
  timing: 0.25,
  total_row_groups_to_scan: 10,
  type: 'TABLE_SCAN',
};
const collector = {
  extra_info: {},
  intermediate_rows: 0,
  intermediate_size_bytes: 0,
  name: 'RESULT_COLLECTOR',
  timing: 0.5,
  type: 'RESULT_COLLECTOR',
};
const filter = { ...collector, name: 'FILTER', type: 'FILTER', intermediate_rows: 3, children: [scan] };
const io = {
  total_bytes_read: 4096,
  total_bytes_written: 300,
  total_read_operations: 2,
  total_read_time: 0.001,
  total_write_operations: 3,
  total_write_time: 0.002,
};
const system = { peak_buffer_memory: 4096, peak_temp_dir_size: 0, total_bytes_spilled: 0 };
const second = {
  io,
  operator: [{ ...collector, children: [filter] }],
  optimizer: { top_n: 0.003, filter_pushdown: 0.0005, extension: 0, total_time: 0.0035 },
  physical_planner: { create_plan: 0.0001, total_time: 0.0002 },
  planner: { binding_time: 0.001, total_time: 0.002 },
  query: { cpu_time: 1.25, sql: "SELECT 'secret'", total_time: 2 },
  system,
};
const read2 = (json: unknown, options = {}) => parseProfile(JSON.stringify(json), 'v2.0.1', options);
const profile2 = (json: unknown, options = {}) => {
  const parsed = read2(json, options);
  if ('fault' in parsed) throw new Error(parsed.reason);
  return parsed.profile;
};
const alter = (change: object): object => ({
  ...second,
  operator: [{ ...collector, children: [{ ...filter, ...change }] }],
});

describe('parseProfile of DuckDB 2', () => {
  it('reads the same shape, without the collector of the result', () => {
    const { planning } = profile2(second);
    expect(planning).toEqual({
      planner: 2_000_000,
      binding: 1_000_000,
      optimizers: 3_500_000,
      optimizer: [
        { name: 'filter_pushdown', duration: 500_000 },
        { name: 'top_n', duration: 3_000_000 },
      ],
      physicalPlanner: 200_000,
      physicalSteps: [{ name: 'create_plan', duration: 100_000 }],
    });
    expect(profile2(second)).toEqual({
      planning,
      query: "SELECT 'secret'",
      duration: 2_000_000_000,
      rowsReturned: 3,
      peakMemory: 4096,
      peakTemporaryStorage: 0,
      leastSpilled: 0,
      io: { bytesRead: 4096, reads: 2, readTime: 1_000_000, bytesWritten: 300, writes: 3, writeTime: 2_000_000 },
      operators: [
        {
          name: 'FILTER',
          type: 'FILTER',
          rows: 3,
          time: 500_000_000,
          cumulativeTime: 750_000_000,
          resultSetSize: 0,
          extraInfo: {},
          children: [
            {
              name: 'PARQUET_SCAN',
              type: 'TABLE_SCAN',
              rows: 7,
              time: 250_000_000,
              cumulativeTime: 250_000_000,
              rowsScanned: 7,
              bytesScanned: 999,
              rowGroups: { scanned: 1, total: 10 },
              resultSetSize: 56,
              extraInfo: scan.extra_info,
              children: [],
            },
          ],
        },
      ],
    });
    expect(profile2(second, { withSteps: false }).planning).toMatchObject({ optimizer: [], physicalSteps: [] });
  });

  it('keeps of a statement that failed what is real', () => {
    const failed = profile2(second, { isFinished: false });
    const { name, type } = scan;
    expect(failed).toEqual({
      planning: profile2(second).planning,
      query: "SELECT 'secret'",
      duration: 2_000_000_000,
      leastSpilled: 0,
      io: profile2(second).io,
      isUnfinished: true,
      operators: [
        {
          name: 'FILTER',
          type: 'FILTER',
          extraInfo: {},
          children: [{ name, type, extraInfo: scan.extra_info, children: [] }],
        },
      ],
    });
  });

  it.each<[string, object, true | undefined]>([
    ['all operators are zero', { timing: 0, intermediate_rows: 0, children: [] }, true],
    ['an aggregate has no row', { type: 'UNGROUPED_AGGREGATE', intermediate_rows: 0 }, true],
    ['a filter has no row', { intermediate_rows: 0 }, undefined],
  ])('without a status, it sees from the numbers that a statement did not end: %s', (_, change, isUnfinished) => {
    const top = { ...collector, timing: 0, children: [{ ...filter, ...change }] };
    expect(profile2({ ...second, operator: [top] }).isUnfinished).toBe(isUnfinished);
    expect(profile2({ ...second, operator: [top] }, { isFinished: true }).isUnfinished).toBeUndefined();
  });

  it('without a status, it sees that rows were not handed out', () => {
    expect(profile2({ ...second, operator: [{ ...collector, timing: 0, children: [filter] }] }).isUnfinished).toBe(
      true,
    );
  });

  it('has nothing of a statement that could not be bound', () => {
    expect(read2({ result: 'error' })).toMatchObject({ fault: 'profile-missing' });
  });

  it('leaves out the reads and writes that DuckDB counts only in part', () => {
    const [reads, writes] = [
      { bytesRead: 4096, reads: 2, readTime: 1_000_000 },
      { bytesWritten: 300, writes: 3, writeTime: 2_000_000 },
    ];
    const ioOf = (storage: object): unknown => profile2({ ...second, storage }).io;
    expect(ioOf({ commit_local_storage_latency: 0.1, write_to_wal_latency: 0.1 })).toEqual(reads);
    expect(ioOf({ checkpoint_latency: 0.1 })).toEqual(reads);
    expect(ioOf({ attach_load_storage_latency: 0.1 })).toEqual(writes);
    const spilled = { ...second, system: { ...system, total_bytes_spilled: 120 } };
    expect(profile2(spilled)).toMatchObject({ leastSpilled: 120 });
    expect(profile2(spilled).io).toEqual({ ...reads, bytesWritten: 180 });
  });

  it('names the operators of 2.0.0, which has no names, no spilled bytes and fewer totals', () => {
    const { total_bytes_spilled: _, ...counted } = system;
    const typed = (type: string, info: object, children: object[]): object => {
      return { type, extra_info: info, intermediate_rows: 3, intermediate_size_bytes: 8, timing: 0.5, children };
    };
    const top = typed('HASH_JOIN', {}, [
      typed('TABLE_SCAN', { Function: 'READ_CSV' }, []),
      typed('TABLE_SCAN', {}, []),
    ]);
    const { total_bytes_read, total_bytes_written } = io;
    const operators = [typed('RESULT_COLLECTOR', {}, [typed('DELETE_OPERATOR', {}, [top])])];
    const first = { ...second, io: { total_bytes_read, total_bytes_written }, system: counted, operator: operators };
    const scans = [{ name: 'READ_CSV' }, { name: 'SEQ_SCAN' }];
    expect(profile2(first)).toMatchObject({
      io: { bytesRead: 4096, bytesWritten: 300 },
      operators: [{ name: 'DELETE', children: [{ name: 'HASH_JOIN', children: scans }] }],
    });
    expect(profile2({ ...first, system: { ...counted, peak_temp_dir_size: 9 } }).io).toEqual({ bytesRead: 4096 });
  });

  it('counts the rows of a result through operators that do not count', () => {
    const rowsOf = (change: object): unknown => profile2(alter(change)).rowsReturned;
    const two = [scan, { ...scan, intermediate_rows: 5 }];
    expect(rowsOf({ type: 'UNION', intermediate_rows: 0, children: two })).toBe(12);
    expect(rowsOf({ type: 'CTE', intermediate_rows: 0, children: two })).toBe(5);
    expect(rowsOf({ type: 'EXECUTE', intermediate_rows: 0, children: [scan] })).toBe(7);
    expect(rowsOf({ type: 'LEFT_DELIM_JOIN', intermediate_rows: 0, children: two })).toBeUndefined();
  });

  it('names keys and groups that it does not know, and reads the others', () => {
    const more = {
      ...second,
      io: { ...io, total_files: 3 },
      network: { requests: 1 },
      today: 4,
      optimizer: { new_one: 0.1 },
    };
    const parsed = read2({ ...more, operator: [{ ...collector, latency: 0, children: [{ ...filter, latency: 1 }] }] });
    expect(parsed).toMatchObject({ unknownKeys: ['io.total_files', 'network', 'operator.latency', 'today'] });
    expect(profile2(more).io).toEqual(profile2(second).io);
    expect(profile2(more).planning?.optimizer).toEqual([{ name: 'new_one', duration: 100_000_000 }]);
  });

  it('takes what there is, if the program tracks few metrics', () => {
    expect(profile2({ operator: second.operator })).toMatchObject({ rowsReturned: 3 });
    expect(profile2({ io: { total_bytes_read: 5 } })).toEqual({ io: { bytesRead: 5 }, operators: [] });
    expect(profile2({ query: {} })).toEqual({ operators: [] });
  });

  it('reads numbers that are texts, and those beyond 2^53', () => {
    const texts = { ...io, total_bytes_read: '4096', total_read_time: '1e-3', total_read_operations: '2' };
    expect(profile2({ ...second, io: texts }).io).toEqual(profile2(second).io);
    const text = JSON.stringify(second).replace('"total_bytes_read":4096', '"total_bytes_read":18446744073709551615');
    const parsed = parseProfile(text, 'v2.0.1');
    expect('profile' in parsed && parsed.profile.io?.bytesRead).toBe(2 ** 64);
  });

  it.each<[string, unknown, string]>([
    [
      'a negative number',
      { ...second, io: { ...io, total_bytes_read: -1 } },
      'profile.io.total_bytes_read is negative',
    ],
    ['part of a byte', { ...second, io: { ...io, total_bytes_read: 1.5 } }, 'total_bytes_read is not a whole number'],
    ['a word', { ...second, io: { ...io, total_bytes_read: 'many' } }, 'profile.io.total_bytes_read is not a number'],
    ['nothing', { ...second, io: { ...io, total_bytes_read: null } }, 'profile.io.total_bytes_read is not a number'],
    ['a list', { ...second, io: [] }, 'profile.io is not an object'],
    ['an object', { ...second, operator: {} }, 'profile.operator is not an array'],
    ['no time', alter({ timing: undefined }), 'profile.operator[0].children[0].timing is missing'],
    [
      'no rows',
      alter({ intermediate_rows: undefined }),
      'profile.operator[0].children[0].intermediate_rows is missing',
    ],
    ['no name', alter({ name: 3 }), 'profile.operator[0].children[0].name is not a string'],
  ])('names the field with %s', (_, json, reason) => {
    expect(read2(json)).toMatchObject({ fault: 'profile-unreadable', reason: expect.stringContaining(reason) });
  });

  it('refuses operators that are nested too deep for the call stack', () => {
    let text = JSON.stringify(scan);
    for (let depth = 0; depth < 20_000; depth += 1)
      text = `${JSON.stringify(collector).slice(0, -1)},"children":[${text}]}`;
    expect(parseProfile(`{"operator":[${text}]}`, 'v2.0.1')).toEqual({
      fault: 'profile-unreadable',
      reason: 'the profile is invalid: operators are nested more than 1000 deep',
    });
  });

  it('reads a profile of 2 MB', () => {
    const wide = { ...filter, children: Array.from({ length: 10_000 }, () => scan) };
    const text = JSON.stringify({ ...second, operator: [{ ...collector, children: [wide] }] });
    expect(text.length).toBeGreaterThan(2_000_000);
    const parsed = parseProfile(text, 'v2.0.1');
    expect('profile' in parsed && parsed.profile.operators[0]?.cumulativeTime).toBe(2_500_500_000_000);
  });

  it('reports a truncated profile as unreadable without quoting it', () => {
    const text = JSON.stringify(second);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (length) => {
        const parsed = parseProfile(text.slice(0, length), 'v2.0.1');
        expect(parsed).toMatchObject({ fault: 'profile-unreadable' });
        expect(JSON.stringify(parsed)).not.toContain('secret');
      }),
    );
  });

  it('never throws, whatever a group holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(second)), (value, group) => {
        const parsed = read2({ ...second, [group]: value });
        if ('fault' in parsed) expect(parsed.fault).toMatch(/^profile-/);
        else expect(parsed.profile.query === undefined || typeof parsed.profile.query === 'string').toBe(true);
      }),
    );
  });

  it('reads the form of 1.5, which a program can choose in DuckDB 2', () => {
    const { operator_rows_scanned: _, ...unscanned } = operator;
    const top = {
      ...unscanned,
      operator_name: 'RESULT_COLLECTOR',
      operator_type: 'RESULT_COLLECTOR',
      children: [operator],
    };
    const parsed = read2({ ...root, rows_returned: 0, children: [top] });
    expect(parsed).toMatchObject({ form: 1, profile: { rowsReturned: 7, operators: [{ name: 'READ_PARQUET' }] } });
  });

  it('is read without a version, by its form', () => {
    expect(parseProfile(JSON.stringify(second), undefined)).toMatchObject({ form: 2 });
    expect(parseProfile(JSON.stringify(root), undefined)).toMatchObject({ form: 1 });
    expect(parseProfile(JSON.stringify(second), 'v1.5.6')).toMatchObject({ fault: 'profile-unreadable' });
    expect(parseProfile(JSON.stringify(second), 'v3.0.0')).toMatchObject({ fault: 'profile-version-unknown' });
  });
});
