import { expect, it } from 'vitest';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { icebergMetadata } from './iceberg-metadata.ts';

const scan = (name: string): ProfiledOperator => ({ name, type: 'TABLE_SCAN', extraInfo: {}, children: [] });
const join = { ...scan('HASH_JOIN'), type: 'HASH_JOIN', children: [scan('ICEBERG_SCAN'), scan('ICEBERG_SCAN')] };

const metadataOf = (root: string, snapshot: string): string[] => [
  `${root}/metadata/00001-a.metadata.json`,
  `${root}/metadata/snap-${snapshot}-0-b.avro`,
  `${root}/metadata/b-m0.avro`,
];

it('belongs to the scan of the same table', () => {
  const paths = [...metadataOf('s3://lake/a', '7311923410027485123'), ...metadataOf('/lake/b', '2')];
  const files = { '0.0': ['s3://lake/a/data/x.parquet'], '0.1': ['file:///lake/b/data/y.parquet'] };
  const found = icebergMetadata(paths, [join], (id) => files[id as keyof typeof files]);
  expect([...found].map(([id, { attributes }]) => [id, attributes['duckdb.iceberg.snapshot_id']])).toEqual([
    ['0.0', '7311923410027485123'],
    ['0.1', '2'],
  ]);
  expect(found.get('0.0')?.metrics).toMatchObject([{ name: 'manifests_read', value: 1 }]);
});

it('belongs to the only scan where no data file was read', () => {
  const found = icebergMetadata(metadataOf('/lake/a', '1'), [scan('ICEBERG_SCAN')], () => []);
  expect([...found.keys()]).toEqual(['0']);
});

it('is not told where two snapshots of a table were read, or nothing tells two scans apart', () => {
  const paths = [...metadataOf('/lake/a', '1'), ...metadataOf('/lake/a', '2')];
  expect(icebergMetadata(paths, [scan('ICEBERG_SCAN')], () => []).size).toBe(0);
  expect(icebergMetadata(metadataOf('/lake/a', '1'), [join], () => []).size).toBe(0);
  expect(icebergMetadata(paths, [scan('PARQUET_SCAN')], () => []).size).toBe(0);
});
