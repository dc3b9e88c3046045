import type { FileMetadata, PreconditionOptions } from '@google-cloud/storage';
import type { ObjectAttributes, ObjectMeta } from '../contract/object-meta.ts';
import type { PutMode, PutOptions } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';

const textFields = ['contentType', 'contentEncoding', 'contentDisposition', 'contentLanguage', 'cacheControl'] as const;

function textsOf(source: Partial<Record<(typeof textFields)[number], string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    textFields.flatMap((field) => {
      const value = source[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** @throws ObjectStoreError NotSupported for tags, which objects here have not */
export function writeMetadata(
  { attributes = {}, tags = {} }: PutOptions,
  where: { readonly store: string; readonly path: string },
): FileMetadata {
  if (Object.keys(tags).length > 0) throw new ObjectStoreError('NotSupported', 'this store keeps no tags', where);
  const { metadata } = attributes;
  return { ...textsOf(attributes), ...(metadata === undefined ? {} : { metadata: { ...metadata } }) };
}

/** @throws ObjectStoreError NotSupported for an update without a version, the only thing the service tests on a write */
export function preconditions(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
): PreconditionOptions {
  if (mode === 'create') return { ifGenerationMatch: 0 };
  if (typeof mode !== 'object') return {};
  if (mode.update.version !== undefined) return { ifGenerationMatch: mode.update.version };
  throw new ObjectStoreError('NotSupported', 'an update of this store needs a version', where);
}

export function attributesOf(file: FileMetadata): ObjectAttributes {
  const { metadata = {} } = file;
  const own = Object.entries(metadata).map(([name, value]) => [name, String(value)] as const);
  return { ...textsOf(file), ...(own.length === 0 ? {} : { metadata: Object.fromEntries(own) }) };
}

export function metaOf(path: ObjectPath, { size, updated, etag, generation }: FileMetadata): ObjectMeta {
  return {
    path,
    size: Number(size ?? 0),
    lastModified: new Date(updated ?? 0),
    ...(etag === undefined ? {} : { eTag: etag }),
    ...(generation === undefined ? {} : { version: String(generation) }),
  };
}
