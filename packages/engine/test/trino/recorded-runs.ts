import type { ExecutionSpec, RunOptions } from '@planscope/engine';

/** The runs whose requests are recorded, by name. */
export const recordedRuns: Readonly<Record<string, { readonly spec: ExecutionSpec; readonly options?: RunOptions }>> = {
  'rows-and-table': {
    spec: {
      version: 1,
      inputs: [
        { name: 'nation', table: 'nation' },
        { name: 'region', table: 'tpch.tiny.region' },
      ],
      views: [
        { name: 'sizes', sql: 'SELECT regionkey, count(*) AS nations FROM nation GROUP BY regionkey' },
        {
          name: 'large',
          sql: `SELECT r.name, s.nations, CAST(s.nations AS decimal(6, 2)) AS share
                FROM sizes s JOIN region r USING (regionkey)
                WHERE s.nations >= $least AND r.name <> 'ASIA' ORDER BY r.name DESC`,
        },
      ],
      outputs: [
        { name: 'large', from: 'large' },
        { name: 'stored', from: 'large', table: 'memory.default.large_regions', mode: 'create' },
      ],
    },
    options: { parameters: { least: { type: 'bigint', value: '5' } } },
  },
  'unknown-column': {
    spec: {
      version: 1,
      inputs: [{ name: 'nation', table: 'nation' }],
      views: [{ name: 'v', sql: "SELECT nope FROM nation WHERE name = 'secret-value'" }],
      outputs: [{ name: 'v', from: 'v' }],
    },
  },
  'missing-table': {
    spec: {
      version: 1,
      inputs: [{ name: 'nation', table: 'nations' }],
      outputs: [{ name: 'nation', from: 'nation' }],
    },
  },
  'failing-query': {
    spec: {
      version: 1,
      inputs: [{ name: 'nation', table: 'nation' }],
      views: [{ name: 'v', sql: 'SELECT 10 / (nationkey - nationkey) AS x FROM nation' }],
      outputs: [{ name: 'v', from: 'v' }],
    },
  },
  'table-exists': {
    spec: {
      version: 1,
      inputs: [{ name: 'nation', table: 'nation' }],
      outputs: [{ name: 'nation', from: 'nation', table: 'tpch.tiny.region', mode: 'create' }],
    },
  },
};
