import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { CloudListing } from '../cloud/cloud-listing.ts';
import { keyPrefix, mergeEntries, pathOfKey } from '../cloud/object-keys.ts';
import type { DelimitedEntry, ListOptions } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import { checkedPageSize } from '../listing/pages-of.ts';
import type { S3Connection } from './s3-connection.ts';

const largestPage = 1000;

/** Pages of objects and common prefixes; keys that no path can hold, markers of folders among them, are left out. */
export async function* listPages(
  connection: S3Connection,
  { prefix, offset, delimiter }: CloudListing,
  options: ListOptions,
): AsyncGenerator<DelimitedEntry[]> {
  const where = { store: connection.store, path: prefix };
  const fixed = {
    Bucket: connection.bucket,
    Prefix: keyPrefix(prefix),
    MaxKeys: Math.min(checkedPageSize(options.pageSize, where), largestPage),
    EncodingType: 'url' as const,
    ...(offset === undefined ? {} : { StartAfter: offset }),
    ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
  };
  let ContinuationToken: string | undefined;
  do {
    const token = ContinuationToken === undefined ? {} : { ContinuationToken };
    const output = await connection.send(prefix, options, (s3, http) => s3.listObjectsV2({ ...fixed, ...token }, http));
    const page = pageOf(output);
    if (page.length > 0) yield page;
    ContinuationToken = output.IsTruncated ? output.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

function pageOf({ Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput): DelimitedEntry[] {
  const objects = Contents.flatMap(({ Key, Size, LastModified, ETag }): ObjectMeta[] => {
    const path = pathOfKey(decoded(Key));
    if (path === undefined) return [];
    const eTag = ETag === undefined ? {} : { eTag: ETag };
    return [{ path, size: Size ?? 0, lastModified: LastModified ?? new Date(0), ...eTag }];
  });
  return mergeEntries(
    objects,
    CommonPrefixes.map(({ Prefix }) => decoded(Prefix)),
  );
}

/** Keys come URL-encoded, since XML cannot hold them all. */
function decoded(key = ''): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
