import type { BigIntStats } from 'node:fs';
import type { ObjectMeta } from '../contract/object-meta.ts';
import type { ObjectPath } from '../path/object-path.ts';

/** What the file system knows of an object. The etag is made of inode, time of writing in nanoseconds, and size. */
export function fileMeta(path: ObjectPath, stats: BigIntStats): ObjectMeta & { readonly eTag: string } {
  return {
    path,
    size: Number(stats.size),
    lastModified: new Date(Number(stats.mtimeMs)),
    eTag: [stats.ino, stats.mtimeNs, stats.size].map((value) => value.toString(16)).join('-'),
  };
}
