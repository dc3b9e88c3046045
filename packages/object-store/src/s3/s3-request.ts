import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { GetOptions } from '../contract/get-options.ts';
import type { ObjectAttributes, ObjectMeta, ObjectTags } from '../contract/object-meta.ts';
import type { PutMode } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';
import type { ByteRange, GetRange } from '../range/get-range.ts';

type Fields = Record<string, string | Date | Record<string, string>>;

/** The fields of a request, without those that have no value. */
function fields(values: Readonly<Record<string, Fields[string] | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Fields[string]] => entry[1] !== undefined),
  );
}

export function attributeFields({ metadata, ...attributes }: ObjectAttributes = {}): Fields {
  return fields({
    ContentType: attributes.contentType,
    ContentEncoding: attributes.contentEncoding,
    ContentDisposition: attributes.contentDisposition,
    ContentLanguage: attributes.contentLanguage,
    CacheControl: attributes.cacheControl,
    Metadata: metadata === undefined ? undefined : { ...metadata },
  });
}

export function tagFields(tags: ObjectTags = {}): Fields {
  return Object.keys(tags).length === 0 ? {} : { Tagging: new URLSearchParams(tags).toString().replaceAll('+', '%20') };
}

/** @throws ObjectStoreError NotSupported for an update by version, which S3 cannot test */
export function modeFields(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
): Fields {
  if (mode === 'create') return { IfNoneMatch: '*' };
  if (typeof mode !== 'object') return {};
  if (mode.update.eTag === undefined) {
    throw new ObjectStoreError('NotSupported', 'an update of this store needs an eTag', where);
  }
  return { IfMatch: mode.update.eTag };
}

export function conditionFields(options: GetOptions): Fields {
  return fields({
    IfMatch: options.ifMatch,
    IfNoneMatch: options.ifNoneMatch,
    IfModifiedSince: options.ifNoneMatch === undefined ? options.ifModifiedSince : undefined,
    IfUnmodifiedSince: options.ifMatch === undefined ? options.ifUnmodifiedSince : undefined,
    VersionId: options.version,
    Range: options.range === undefined ? undefined : rangeHeader(options.range),
  });
}

type Output = GetObjectCommandOutput | HeadObjectCommandOutput;

export function outputAttributes(output: Output): ObjectAttributes {
  const { Metadata: metadata } = output;
  return {
    ...fields({
      contentType: output.ContentType,
      contentEncoding: output.ContentEncoding,
      contentDisposition: output.ContentDisposition,
      contentLanguage: output.ContentLanguage,
      cacheControl: output.CacheControl,
    }),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

export function outputMeta(path: ObjectPath, output: Output): ObjectMeta {
  const total = /\/(\d+)$/.exec(output.ContentRange ?? '')?.[1];
  return {
    path,
    size: total === undefined ? (output.ContentLength ?? 0) : Number(total),
    lastModified: output.LastModified ?? new Date(0),
    ...(output.ETag === undefined ? {} : { eTag: output.ETag }),
    ...(output.VersionId === undefined ? {} : { version: output.VersionId }),
  };
}

/** The bytes that a response holds. */
export function outputRange({ ContentRange = '', ContentLength = 0 }: Output): ByteRange {
  const [, start, last] = /^bytes (\d+)-(\d+)\//.exec(ContentRange) ?? [];
  return start === undefined ? { start: 0, end: ContentLength } : { start: Number(start), end: Number(last) + 1 };
}

function rangeHeader(range: GetRange): string {
  if ('suffix' in range) return `bytes=-${range.suffix}`;
  return 'offset' in range ? `bytes=${range.offset}-` : `bytes=${range.start}-${range.end - 1}`;
}
