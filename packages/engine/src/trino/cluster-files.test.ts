import { MemoryStore, type ObjectMeta, type ObjectStore, objectUrl } from '@planscope/object-store';
import { describe, expect, it } from 'vitest';
import type { InputObject } from '../input/input-source.ts';
import { clusterFolders } from './cluster-files.ts';

/** Objects of a store that is only named. */
function objects(baseUrl: string, ...paths: string[]): InputObject[] {
  const store = Object.assign(Object.create(new MemoryStore()), { baseUrl }) as ObjectStore;
  return paths.map((path) => {
    const meta = { path, size: 1, lastModified: new Date(0) } as ObjectMeta;
    return { store, meta, url: objectUrl(store, meta.path) };
  });
}

describe('the folders of an input in the cluster', () => {
  it('are those of the bucket', () => {
    expect(clusterFolders('f', objects('s3://web/', 'root.parquet', 'a/b c%25.parquet', 'a/d.parquet'))).toEqual([
      { location: 's3://web/', files: ['s3://web/root.parquet'] },
      { location: 's3://web/a/', files: ['s3://web/a/b c%25.parquet', 's3://web/a/d.parquet'] },
    ]);
  });

  it('are named by the longest beginning that is known', () => {
    const locations = { 'file:///': 'local:///all/', 'file:///data dir/': 'hdfs://name/data/' };
    expect(clusterFolders('f', objects('file:///', 'data dir/x/a.parquet', 'b.parquet'), locations)).toEqual([
      { location: 'hdfs://name/data/x/', files: ['hdfs://name/data/x/a.parquet'] },
      { location: 'local:///all/', files: ['local:///all/b.parquet'] },
    ]);
  });

  const many = (count: number, path: (index: number) => string) => Array.from({ length: count }, (_, at) => path(at));
  it.each<[string, InputObject[], string]>([
    ['another store', objects('az://web/', 'a.parquet'), 'trino.files.locations'],
    ['a partition', objects('s3://web/', 'day=2026-01-01/a.parquet'), 'is in a partition'],
    ['a hidden file', objects('s3://web/', 'a/.b.parquet'), 'whose name starts with'],
    ['many objects', objects('s3://web/', ...many(1_001, (at) => `${at}.parquet`)), 'matches 1001 objects'],
    ['many folders', objects('s3://web/', ...many(101, (at) => `${at}/a.parquet`)), 'are in 101 folders'],
  ])('cannot be those of %s', (_, found, text) => {
    expect(() => clusterFolders('inputs[0].location', found)).toThrow(
      expect.objectContaining({
        code: 'unsupported-by-engine',
        field: 'inputs[0].location',
        message: expect.stringContaining(text),
      }),
    );
  });
});
